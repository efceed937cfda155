import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Check, type Checklist, defineCheck, evaluated } from '../../src/core/check.ts';
import { objectRef } from '../../src/core/object.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import { AuditSession } from '../../src/engine/session.ts';
import { writeBundle } from '../../src/evidence/bundle.ts';
import { verifyBundle } from '../../src/evidence/verify.ts';
import { createAudit } from '../../src/state/store.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';

/** A rule over facts that change by themselves: how many rows a table is thought to have. */
const filled = (id: string): Check =>
  defineCheck({
    id,
    rev: 1,
    title: 't',
    why: 'w',
    severity: 'medium',
    source: 's',
    remedy: 'r',
    needs: ['relations', 'tableStats'],
    evaluate: ({ facts }) =>
      evaluated(
        facts.tableStats.length,
        'table',
        facts.tableStats
          .filter((one) => one.schema === 'public' && one.inserted > 0)
          .map(({ schema, name }) => ({ object: objectRef('table', schema, name), message: 'written to' })),
      ),
  });
const checklist: Checklist<Check> = {
  version: 'test',
  sections: ([1, 2] as const).map((id) => ({
    id,
    name: `S${id}`,
    title: `S${id}`,
    checkpoints: [
      { id: `${id}.1`, title: 't', intent: 'i', source: 's', checks: [filled(`filled-${id}`)], attestations: [] },
    ],
  })),
};

test('after a re-check of one checkpoint every result in the bundle can still be derived from its facts', async () => {
  const database = await freshDatabase();
  await database.sql('create table public.notes (id int primary key)');
  const root = mkdtempSync(join(tmpdir(), 'supaready-recheck-'));
  const environment = { name: 'production', kind: 'production', source: 'live', target: 'test' } as const;
  const store = createAudit(root, {
    project: 'test',
    checklist: { version: 'test', sha256: '0'.repeat(64) },
    environments: [environment],
    repository: null,
  });
  let at = Date.parse('2026-03-01T10:00:00.000Z');
  const audit = new AuditSession({
    store,
    checklist,
    loadChecks: async () => checklist,
    policy: DEFAULT_POLICY,
    targets: [{ environment, databaseUrl: database.url, embedded: true, projectRef: null, shadow: null }],
    repository: null,
    migrations: null,
    parameters: {},
    declared: NOTHING_DECLARED,
    now: () => new Date(at).toISOString(),
    writeBundle: (auditStore, view) =>
      writeBundle({ store: auditStore, view, directory: root, version: '1', policy: DEFAULT_POLICY, parameters: {} }),
  });
  onTestFinished(async () => {
    await audit.close();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });
  const checkOf = (id: string) =>
    audit
      .view()
      .gate.sections.flatMap((section) => section.checkpoints.flatMap((one) => one.checks))
      .find((one) => one.id === id);

  await audit.run({ selectors: [] });
  const before = checkOf('filled-1');
  at += 86_400_000;
  await database.sql('insert into public.notes values (1); select pg_stat_force_next_flush();');
  const { appeared } = await audit.run({ selectors: ['2.1'] });

  expect(checkOf('filled-2')).toMatchObject({ status: 'fail', stale: null });
  // Over the new facts, but as old as before: only a run of its own makes a result younger.
  expect(checkOf('filled-1')).toMatchObject({ status: 'fail', stale: null, evaluatedAt: before?.evaluatedAt });
  expect(appeared).toHaveLength(2);
  const { path } = await audit.bundle();
  expect(await verifyBundle(path, { checklist, version: '1' })).toMatchObject({
    tier: 'REPLAYED',
    problems: [],
    notReplayed: [],
  });

  // Staleness comes from age and from lasting facts alone.
  at += 13.5 * 86_400_000;
  audit.refresh();
  expect(checkOf('filled-1')?.stale).toMatch(/older than/);
  expect(checkOf('filled-2')?.stale).toBeNull();
});
