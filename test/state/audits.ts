import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewEvent } from '../../src/core/events.ts';
import type { Collected, Snapshot } from '../../src/core/facts.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import type { NewAudit } from '../../src/state/store.ts';

export const NOW = '2026-11-24T12:00:00.000Z';
export const ALICE = { name: 'Alice Liddell', email: 'alice@example.org', role: 'engineer' };
export const BOB = { name: 'Bob Marley', email: 'bob@example.org', role: null };

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'supaready-state-'));
}

export const HARBOR: NewAudit = {
  project: 'Harbor',
  checklist: { version: '1', sha256: 'a'.repeat(64) },
  environments: [
    { name: 'production', kind: 'production', source: 'live', target: 'db.example.org:5432/postgres' },
    { name: 'staging', kind: 'staging', source: 'from-migrations', target: null },
  ],
  repository: '.',
};

export function sessionEvent(tool = 'supaready/0.1.0'): NewEvent {
  return { type: 'session', data: { tool, mode: 'headless', node: 'v20.20.2' } };
}

/** One of each kind of act, with texts that strain encodings. */
export function acts(index: number): NewEvent {
  const id = `act-${index}`;
  const fingerprint = index.toString(16).padStart(64, '0');
  const texts = ['plain', 'naïve – “quoted” \\ "x"', '💥 ‮rtl', 'line\nbreak\ttab \u001b[31m', ''];
  const text = texts[index % texts.length] ?? '';
  switch (index % 4) {
    case 0:
      return {
        type: 'waive',
        data: {
          id,
          fingerprint,
          environment: 'production',
          check: 'c',
          severity: 'high',
          reason: `r${text}`,
          risk: 'r',
          compensating: 'c',
          owner: 'o',
          by: ALICE,
          expiresAt: NOW,
        },
      };
    case 1:
      return { type: 'acknowledge', data: { id, fingerprint, environment: 'staging', note: text, by: BOB } };
    case 2:
      return { type: 'approve', data: { id, target: 'act-1', by: { name: 'Ünïcødé', email: null, role: null } } };
    default:
      return sessionEvent(text);
  }
}

export function snapshotFixture(environment = 'production', facts: Collected = FACTS): Snapshot {
  return snapshotOf({ environment, source: 'live', takenAt: NOW, durationMs: 12, facts });
}

export const FACTS: Collected = {
  extensions: {
    status: 'ok',
    value: [
      {
        name: 'pgcrypto',
        version: '1.3',
        defaultVersion: null,
        schema: 'extensions',
        relocatable: true,
        owner: 'postgres',
        shim: false,
      },
    ],
    hidden: ['one schema'],
    ms: 3,
  },
  settings: { status: 'ok', value: [{ name: 'ssl', setting: 'on', unit: null, source: 'default' }], hidden: [], ms: 1 },
  statements: { status: 'denied', reason: 'pg_read_all_stats is needed', ms: 1 },
};
