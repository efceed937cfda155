import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Check, Checklist } from '../../src/core/check.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import { AuditSession } from '../../src/engine/session.ts';
import { createAudit, openAudit } from '../../src/state/store.ts';
import { piiPatterns } from '../../src/steps/3-data/3.2-fixtures/pii-patterns.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';

const checklist: Checklist<Check> = {
  version: 'test',
  sections: [
    {
      id: 3,
      name: 'Data',
      title: 'Data',
      checkpoints: [{ id: '3.2', title: 't', intent: 'i', source: 's', checks: [piiPatterns], attestations: [] }],
    },
  ],
};
const environment = { name: 'production', kind: 'production', source: 'live', target: 'test' } as const;

test('a cancelled run keeps what it sampled, on disk too; the next goes on there, and only then judges', async () => {
  const database = await freshDatabase();
  await database.sql(
    Array.from(
      { length: 20 },
      (_, at) => `create table public.t${at} (note text); insert into public.t${at} values ('x')`,
    ).join(';'),
  );
  const root = mkdtempSync(join(tmpdir(), 'supaready-sampling-'));
  const created = createAudit(root, {
    project: 'test',
    checklist: { version: 'test', sha256: '0'.repeat(64) },
    environments: [environment],
    repository: null,
  });
  const options = {
    checklist,
    loadChecks: async () => checklist,
    policy: DEFAULT_POLICY,
    repository: null,
    migrations: null,
    parameters: {},
    targets: [{ environment, databaseUrl: database.url, embedded: true, projectRef: null, shadow: null }],
    declared: NOTHING_DECLARED,
    writeBundle: async () => ({ path: '', sha256: '' }),
  };
  onTestFinished(async () => {
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });
  const first = new AuditSession({ store: created, ...options });
  const controller = new AbortController();
  const run = first.run({
    selectors: [],
    signal: controller.signal,
    onProgress: (progress) => {
      if (progress.phase === 'collect' && /^samples of .*\(7 of 20/.test(progress.facet)) controller.abort();
    },
  });
  await expect(run).rejects.toMatchObject({ exitCode: 130 });
  expect(created.state.results).toEqual({});
  const { directory } = created;
  await first.close();

  const store = openAudit(directory, { mode: 'write' });
  const kept = store.loadSnapshot(store.state.snapshots.production?.snapshotId ?? '').facts.columnSamples;
  expect(kept).toMatchObject({ status: 'ok', hidden: ['the sampling of rows was cut short: run it again to go on'] });
  // Several tables come in one message: what had arrived with the seventh is kept as well.
  const sampled = kept?.status === 'ok' ? kept.value.tables.length : 0;
  expect(sampled).toBeGreaterThanOrEqual(7);
  expect(sampled).toBeLessThan(20);

  const second = new AuditSession({ store, ...options });
  const read: string[] = [];
  await second.run({
    selectors: [],
    onProgress: (progress) => {
      if (progress.phase === 'collect' && progress.facet.startsWith('samples of')) read.push(progress.facet);
    },
  });
  expect(read).toHaveLength(20 - sampled);
  expect(store.state.results.production?.['pii-patterns']).toMatchObject({ status: 'pass', lookedAt: '20 columns' });
  await second.close();
});
