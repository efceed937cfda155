import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from '../../src/core/canonical.ts';
import { UserError } from '../../src/core/errors.ts';
import type { CheckResult } from '../../src/core/finding.ts';
import { type AuditStore, createAudit, listAudits, openAudit } from '../../src/state/store.ts';
import { acts, FACTS, HARBOR, NOW, sessionEvent, snapshotFixture, temporaryFolder } from './audits.ts';

function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const result: CheckResult = {
  check: 'no-primary-key',
  rev: 1,
  environment: 'production',
  status: 'pass',
  reason: null,
  lookedAt: '17 tables',
  findings: [],
  evaluatedAt: NOW,
  snapshotId: 'a'.repeat(64),
  facets: {},
  ms: 1,
};

function run(store: AuditStore, results: CheckResult[] = [result]): void {
  const ref = store.blobs.put(Buffer.from(canonicalJson(results)));
  const summary = results.map(({ check, rev, status, findings, ms }) => ({
    check,
    rev,
    status,
    findings: findings.length,
    ms,
  }));
  store.append(
    [
      {
        type: 'check.run',
        data: { environment: 'production', snapshotId: 'a'.repeat(64), results: ref, parameters: {}, summary },
      },
    ],
    NOW,
  );
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await sleep(25);
  expect(condition()).toBe(true);
}

describe('an audit folder', () => {
  it('is private, ignored by git, and sortable by name', () => {
    const root = temporaryFolder();
    const store = createAudit(root, HARBOR, { now: NOW });
    store.saveSnapshot(snapshotFixture());
    run(store);
    store.close();
    expect(store.state.auditId).toMatch(/^20261124T120000Z-[0-9a-f]{6}$/);
    expect(store.directory).toBe(join(root, '.supaready', 'audits', store.state.auditId));
    expect(fs.readFileSync(join(root, '.supaready', '.gitignore'), 'utf8')).toBe('*\n');
    for (const name of fs.readdirSync(join(root, '.supaready'), { recursive: true }).map(String)) {
      const stat = fs.statSync(join(root, '.supaready', name));
      expect([name, stat.mode & 0o777]).toEqual([name, stat.isDirectory() ? 0o700 : 0o600]);
    }
  });

  it('comes back as it was left', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    for (let index = 0; index < 12; index += 1) store.append([acts(index), sessionEvent()], NOW);
    run(store);
    const { state, events } = store;
    store.close();
    for (const mode of ['read', 'write'] as const) {
      const again = openAudit(store.directory, { mode });
      expect(again.state).toEqual(state);
      expect(again.events).toEqual(events);
      again.close();
    }
  });

  it('does not replace an audit it does not find', () => {
    const error = refusal(() => openAudit(join(temporaryFolder(), 'nowhere'), { mode: 'write' }));
    expect([error.code, error.exitCode]).toEqual(['audit-not-found', 2]);
  });

  it('refuses to change what was opened to be looked at', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    store.close();
    expect(refusal(() => openAudit(store.directory, { mode: 'read' }).append([sessionEvent()], NOW)).code).toBe(
      'read-only',
    );
  });

  it('takes no event whose results are not there', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const event = {
      type: 'check.run' as const,
      data: {
        environment: 'production',
        snapshotId: 'a'.repeat(64),
        results: { sha256: 'b'.repeat(64), bytes: 2 },
        parameters: {},
        summary: [],
      },
    };
    event.data.summary = [{ check: 'c', rev: 1, status: 'pass', findings: 0, ms: 1 }] as never;
    expect(refusal(() => store.append([event], NOW))).toMatchObject({ code: 'blob-missing', exitCode: 3 });
    expect(store.state.seq).toBe(1);
    store.append([sessionEvent()], NOW);
    store.close();
  });

  it('refuses altered results when it is opened, but not those that later ones replaced', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    run(store);
    run(store, [{ ...result, lookedAt: '18 tables' }]);
    store.close();
    const blob = (results: CheckResult[]) => join(store.directory, 'blobs', 'sha256', sha256(canonicalJson(results)));
    fs.rmSync(blob([result]));
    expect(openAudit(store.directory, { mode: 'read' }).state.results.production?.['no-primary-key']?.lookedAt).toBe(
      '18 tables',
    );
    fs.appendFileSync(blob([{ ...result, lookedAt: '18 tables' }]), ' ');
    expect(refusal(() => openAudit(store.directory, { mode: 'read' }))).toMatchObject({
      code: 'blob-corrupt',
      exitCode: 3,
    });
  });
});

describe('snapshots', () => {
  it('come back with their values, each stored once', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const snapshot = snapshotFixture();
    store.saveSnapshot(snapshot);
    const again = store.loadSnapshot(snapshot.header.id);
    expect(again.header).toEqual(snapshot.header);
    expect({ ...again.facts }).toEqual(FACTS);
    expect(again.facts.settings).toBe(again.facts.settings);
    const blobs = () => fs.readdirSync(join(store.directory, 'blobs', 'sha256')).length;
    const before = blobs();
    store.saveSnapshot(snapshotFixture('staging'));
    expect(blobs()).toBe(before);
    store.close();
  });

  it('are found by environment once the journal knows them', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const { header } = snapshotFixture();
    expect(store.latestSnapshot('production')).toBeNull();
    store.saveSnapshot(snapshotFixture());
    const facets = Object.fromEntries(
      Object.entries(header.facets).map(([name, { status, sha256: digest, reason, hidden }]) => [
        name,
        { status, sha256: digest, reason, hidden },
      ]),
    );
    store.append(
      [
        {
          type: 'snapshot',
          data: {
            snapshotId: header.id,
            environment: 'production',
            source: 'live',
            takenAt: NOW,
            durationMs: 12,
            facets,
          },
        },
      ],
      NOW,
    );
    expect(store.latestSnapshot('production')?.header.id).toBe(header.id);
    store.close();
  });

  it('that were altered or are missing are refused, not guessed', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const snapshot = snapshotFixture();
    store.saveSnapshot(snapshot);
    const digest = snapshot.header.facets.settings?.sha256 ?? '';
    fs.writeFileSync(join(store.directory, 'blobs', 'sha256', digest), '[]');
    const loaded = store.loadSnapshot(snapshot.header.id);
    expect(loaded.facts.extensions?.status).toBe('ok');
    expect(refusal(() => loaded.facts.settings).code).toBe('blob-corrupt');
    const path = join(store.directory, 'snapshots', `${snapshot.header.id}.json`);
    fs.writeFileSync(path, '{}');
    expect(refusal(() => store.loadSnapshot(snapshot.header.id)).code).toBe('snapshot-corrupt');
    fs.rmSync(path);
    expect(refusal(() => store.loadSnapshot(snapshot.header.id))).toMatchObject({
      code: 'snapshot-missing',
      exitCode: 3,
    });
    store.close();
  });

  it('that miss the value of a digest are not stored', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const { header } = snapshotFixture();
    expect(() => store.saveSnapshot({ header, facts: {} })).toThrow(/without its value/);
    const changed = { ...FACTS, settings: { status: 'ok', value: [], hidden: [], ms: 1 } } as typeof FACTS;
    expect(() => store.saveSnapshot({ header, facts: changed })).toThrow(/changed after/);
    store.close();
  });
});

describe('following another terminal', () => {
  it('shows what it writes, and survives what it takes back', async () => {
    const writer = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const reader = openAudit(writer.directory, { mode: 'read' });
    const told: (string | null)[] = [];
    const stop = reader.follow((problem) => told.push(problem?.code ?? null));
    writer.append([acts(0)], NOW);
    await until(() => reader.state.seq === 2);
    writer.append([acts(4), sessionEvent()], NOW);
    await until(() => reader.state.seq === 4);
    expect(reader.state).toEqual(writer.state);
    expect(reader.events).toEqual(writer.events);
    // A line that is being written is not shown.
    fs.appendFileSync(join(writer.directory, 'journal.jsonl'), '{"v":1,"half');
    await sleep(600);
    expect(reader.state.seq).toBe(4);
    writer.close();
    const second = openAudit(writer.directory, { mode: 'write', now: NOW });
    await until(() => reader.state.seq === 5);
    expect(reader.events.at(-1)?.type).toBe('recover');
    expect(told.every((one) => one === null)).toBe(true);
    stop();
    second.append([sessionEvent()], NOW);
    await sleep(600);
    expect(reader.state.seq).toBe(5);
    second.close();
  });

  it('tells once that it cannot go on, and goes on when it can', async () => {
    const writer = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    writer.append([sessionEvent()], NOW);
    const reader = openAudit(writer.directory, { mode: 'read' });
    const told: (string | null)[] = [];
    reader.follow((problem) => told.push(problem?.code ?? null));
    const path = join(writer.directory, 'journal.jsonl');
    const sound = fs.readFileSync(path);
    fs.appendFileSync(path, 'nonsense\n');
    await until(() => told.includes('journal-corrupt'));
    await sleep(600);
    expect(told).toEqual(['journal-corrupt']);
    expect(reader.state.seq).toBe(2);
    fs.writeFileSync(path, sound);
    writer.append([sessionEvent()], NOW);
    await until(() => reader.state.seq === 3);
    reader.close();
    writer.close();
  });
});

describe('the list of audits', () => {
  it('names each with its project and last moment, last touched first, and leaves out what is no audit', () => {
    const root = temporaryFolder();
    expect(listAudits(root)).toEqual([]);
    const first = createAudit(root, HARBOR, { now: NOW });
    const second = createAudit(root, { ...HARBOR, project: 'Quay' }, { now: '2026-11-24T13:00:00.000Z' });
    second.close();
    // Longer than what is read of its end.
    for (let index = 0; index < 4; index += 1)
      first.append([sessionEvent('x'.repeat(50_000))], '2026-11-25T00:00:00.000Z');
    first.close();
    fs.appendFileSync(join(first.directory, 'journal.jsonl'), '{"v":1,"ts":"2027');
    fs.mkdirSync(join(root, '.supaready', 'audits', 'empty'));
    fs.mkdirSync(join(root, '.supaready', 'audits', 'begun'));
    fs.writeFileSync(join(root, '.supaready', 'audits', 'begun', 'journal.jsonl'), '');
    fs.writeFileSync(join(root, '.supaready', 'audits', 'file'), '');
    expect(listAudits(root)).toEqual([
      {
        id: first.state.auditId,
        directory: first.directory,
        project: 'Harbor',
        environments: HARBOR.environments,
        startedAt: NOW,
        lastEventAt: '2026-11-25T00:00:00.000Z',
        locked: null,
      },
      expect.objectContaining({ id: second.state.auditId, project: 'Quay', lastEventAt: '2026-11-24T13:00:00.000Z' }),
    ]);
  });
});
