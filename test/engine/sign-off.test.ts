import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Check, type Checklist, defineCheck, evaluated, skipped } from '../../src/core/check.ts';
import type { Person } from '../../src/core/events.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import type { Target } from '../../src/engine/collect.ts';
import { AuditSession } from '../../src/engine/session.ts';
import { createAudit, openAudit } from '../../src/state/store.ts';
import { section as signOff } from '../../src/steps/7-sign-off/section.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';

const ADA: Person = { name: 'Ada', email: 'ada@harbor.shop', role: null };

/** What it needs is not there, in every column of the matrix. */
const unread = (['Schema', 'RLS', 'Indexes', 'Seed', 'Monitoring'] as const).map((matrix) =>
  defineCheck({
    id: `unread-${matrix.toLowerCase()}`,
    rev: 1,
    title: 't',
    why: 'w',
    severity: 'high',
    source: 's',
    remedy: 'r',
    matrix,
    needs: ['relations'],
    evaluate: () => skipped('what it needs is not there'),
  }),
);
const looked = defineCheck({
  id: 'looked',
  rev: 1,
  title: 't',
  why: 'w',
  severity: 'high',
  source: 's',
  remedy: 'r',
  needs: ['relations', 'columns', 'functions'],
  evaluate: ({ facts }) => evaluated(facts.relations.length, 'relation', []),
});
const checklist: Checklist<Check> = {
  version: 'test',
  sections: [
    {
      id: 1,
      name: 'One',
      title: 'One',
      checkpoints: [
        { id: '1.1', title: '1.1', intent: 'i', source: 's', checks: [looked, ...unread], attestations: [] },
      ],
    },
    signOff,
  ],
};

test('answers given without any target count at once, and skipped checks that a person stands in for lead to ready', async () => {
  const database = await freshDatabase();
  await database.sql('create table public.notes (id int primary key)');
  const root = mkdtempSync(join(tmpdir(), 'supaready-sign-off-'));
  const photo = join(root, 'photo.txt');
  writeFileSync(photo, 'what was seen\n');
  const environment = { name: 'production', kind: 'production', source: 'live', target: 'test' } as const;
  const created = createAudit(root, {
    project: 'test',
    checklist: { version: 'test', sha256: '0'.repeat(64) },
    environments: [environment],
    repository: null,
  });
  const { directory } = created;
  const over = (store: typeof created, targets: Target[]) =>
    new AuditSession({
      store,
      checklist,
      loadChecks: async () => checklist,
      policy: DEFAULT_POLICY,
      targets,
      repository: null,
      migrations: null,
      parameters: {},
      declared: NOTHING_DECLARED,
      writeBundle: async () => ({ path: '', sha256: '' }),
    });

  const checking = over(created, [
    { environment, databaseUrl: database.url, embedded: true, projectRef: null, shadow: null },
  ]);
  await checking.run({ selectors: [] });
  await checking.close();
  await database.drop();

  const answering = over(openAudit(directory, { mode: 'write' }), []);
  onTestFinished(async () => {
    await answering.close();
    rmSync(root, { recursive: true, force: true });
  });
  const finding = (check: string) =>
    answering
      .view()
      .gate.sections.flatMap(({ checkpoints }) => checkpoints.flatMap(({ checks }) => checks))
      .find(({ id }) => id === check)
      ?.findings.map(({ severity, message }) => `${severity} ${message}`) ?? [];
  expect(finding('launch-gate')).toEqual([
    'blocker checkpoint 1.1 is not satisfied: what it asks is not known to hold',
  ]);
  expect(finding('table-matrix')).toHaveLength(5);
  expect(finding('table-matrix').every((line) => line.startsWith('medium'))).toBe(true);
  for (const { id } of unread) {
    const covers = { check: id, environment: environment.name };
    const answer = { checkpoint: '1.1', attestation: null, covers, status: 'passed' as const, answer: 'seen' };
    await answering.attest({ ...answer, evidence: [photo] }, ADA);
  }
  expect(finding('launch-gate')).toEqual([]);
  expect(finding('table-matrix').every((line) => line.startsWith('info'))).toBe(true);
  // Never green: the cells of the matrix still say that no check looked.
  expect(answering.view().matrix).toMatchObject([
    { table: 'notes', Schema: '–', RLS: '–', Indexes: '–', Seed: '–', Monitoring: '–' },
  ]);
  for (const { id, attestations } of signOff.checkpoints) {
    for (const question of attestations.filter(({ required }) => required))
      await answering.attest(
        { checkpoint: id, attestation: question.id, status: 'passed', answer: 'yes', evidence: [] },
        ADA,
      );
  }
  expect(answering.view().gate).toMatchObject({ decision: 'ready', blocking: [], signed: null });
  await expect(answering.sign('  ', ADA)).rejects.toMatchObject({ code: 'statement-missing' });
  await answering.sign('go', ADA);
  expect(answering.view().gate).toMatchObject({ decision: 'ready', blocking: [], signed: { by: 'Ada' } });
});

test('section 7 is judged over every run: new facts of the same outcome, and the age of an audit, leave it not stale', async () => {
  const database = await freshDatabase();
  await database.sql('create table public.notes (id int primary key)');
  const root = mkdtempSync(join(tmpdir(), 'supaready-sign-off-'));
  const environment = { name: 'production', kind: 'production', source: 'live', target: 'test' } as const;
  let at = Date.parse('2026-03-01T10:00:00.000Z');
  const audit = new AuditSession({
    store: createAudit(root, {
      project: 'test',
      checklist: { version: 'test', sha256: '0'.repeat(64) },
      environments: [environment],
      repository: null,
    }),
    checklist,
    loadChecks: async () => checklist,
    policy: DEFAULT_POLICY,
    targets: [{ environment, databaseUrl: database.url, embedded: true, projectRef: null, shadow: null }],
    repository: null,
    migrations: null,
    parameters: {},
    declared: NOTHING_DECLARED,
    now: () => new Date(at).toISOString(),
    writeBundle: async () => ({ path: '', sha256: '' }),
  });
  onTestFinished(async () => {
    await audit.close();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });
  const stale = () =>
    audit
      .view()
      .gate.sections.flatMap(({ checkpoints }) => checkpoints.flatMap(({ checks }) => checks))
      .flatMap(({ id, stale: reason }) => (reason === null ? [] : [`${id}: ${reason}`]));

  await audit.run({ selectors: [] });
  expect(stale()).toEqual([]);
  await database.sql('alter table public.notes add column body text');
  await audit.run({ selectors: [] });
  expect(stale()).toEqual([]);
  at += 15 * 86_400_000;
  await audit.run({ selectors: [] });
  expect(stale()).toEqual([]);
});
