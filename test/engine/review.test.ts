import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { accessContractSchema } from '../../src/core/access-contract.ts';
import { checkpointsOf } from '../../src/core/check.ts';
import type { Collected, Facts } from '../../src/core/facts.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { openReview, type ReviewContext, writeApproved } from '../../src/engine/review.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { loadChecks } from '../../src/steps/checklist.ts';
import { REACH_FACTS } from '../../src/steps/lib/reach.ts';
import { freshDatabase } from '../helpers/database.ts';

const NOW = '2026-11-24T12:00:00.000Z';

type Tried = Facts['accessMatrix']['relations'][number];
const cell = (row: 'own' | 'foreign', outcome: 'allowed' | 'filtered', personas: string[]): Tried['cells'][number] => ({
  command: 'select',
  row,
  forged: null,
  outcome,
  sqlstate: null,
  reason: null,
  personas,
});
const tried = (table: string, cells: Tried['cells']): Tried => ({
  schema: 'public',
  table,
  bucket: null,
  kind: 'table',
  ownership: {
    owner: { column: 'user_id', source: 'policy', claim: ['sub'] },
    tenant: null,
    people: { user_id: 'sub' },
    via: null,
  },
  membership: false,
  cells,
});
const MATRIX: Facts['accessMatrix'] = {
  personas: [
    { name: 'A', role: 'authenticated', who: 'a signed-in user' },
    { name: 'service_role', role: 'service_role', who: 'whoever holds a secret key' },
  ],
  relations: [
    tried('notes', [cell('own', 'allowed', ['A', 'service_role']), cell('foreign', 'filtered', ['A'])]),
    tried('leaks', [cell('own', 'allowed', ['A']), cell('foreign', 'allowed', ['A'])]),
  ],
  functions: [],
};

const checklist = await loadChecks();

function contextOf(facts: Collected, repository: string | null = null, environments = ['production']): ReviewContext {
  const snapshots = environments.map((environment) =>
    snapshotOf({ environment, source: 'live', takenAt: NOW, durationMs: 0, facts }),
  );
  return { checklist, snapshots, repository };
}

const ok = <T>(value: T) => ({ status: 'ok' as const, value, hidden: [], ms: 0 });

beforeAll(loadSqlParser);

test('4.1 goes through what anybody, or anybody signed in, can read in full: by name, or by a view', async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  await database.sql(`create table public.plans (id int primary key);
    create table public.people (id int primary key, user_id uuid); alter table public.people enable row level security;
    create policy own on public.people for select to authenticated using ((select auth.uid()) = user_id);
    create table public.salaries (id int primary key); alter table public.salaries enable row level security;
    create view public.salary_page as select id from public.salaries;`);
  const facts = await collectCatalogue({ url: database.url, names: [...REACH_FACTS] });
  const review = await openReview(contextOf(facts), '4.1', 'public-tables');
  expect(review?.items.map(({ name }) => name)).toEqual(['public.plans', 'public.salaries', 'public.salary_page']);
  expect(review?.items[1]?.lines[0]).toMatch(/; but can read.* every row.* through the view public\.salary_page$/);
  expect(review?.writes).toBeNull();
});

test('4.2 goes through what was observed, and writes the contract of what was approved, once', async () => {
  const root = mkdtempSync(join(tmpdir(), 'supaready-review-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const context = contextOf({ accessMatrix: ok(MATRIX) }, root);
  const review = await openReview(context, '4.2', 'expected-access');
  expect(review).toEqual({
    writes: 'supaready.access.json',
    items: [
      { name: 'public.notes', lines: ['whose a row is, owner: user_id', 'select  own rows: A'] },
      { name: 'public.leaks', lines: ['whose a row is, owner: user_id', 'select  own rows: A; rows of others: A'] },
    ],
  });
  expect(writeApproved(context, '4.1', 'public-tables', ['public.notes'])).toBeNull();
  expect(writeApproved(context, '4.2', 'expected-access', [])).toBeNull();
  const path = writeApproved(context, '4.2', 'expected-access', ['public.notes']) ?? '';
  const contract = accessContractSchema().parse(JSON.parse(readFileSync(path, 'utf8')));
  // What nobody approved is not in it: what it lets through is a deviation from now on.
  expect(contract.tables).toEqual({
    'public.notes': {
      owner: 'user_id',
      tenant: null,
      people: { user_id: 'sub' },
      access: { A: { select: { own: 'allow', foreign: 'deny' } } },
    },
  });
  // A contract that stands is changed in a pull request, never here.
  expect((await openReview(context, '4.2', 'expected-access'))?.writes).toBeNull();
  expect(writeApproved(context, '4.2', 'expected-access', ['public.leaks'])).toBeNull();
});

test('nothing is written without a repository, or when two environments were observed; nothing known is no review', async () => {
  const facts = { accessMatrix: ok(MATRIX) };
  expect(writeApproved(contextOf(facts), '4.2', 'expected-access', ['public.notes'])).toBeNull();
  const root = mkdtempSync(join(tmpdir(), 'supaready-review-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const two = contextOf(facts, root, ['production', 'staging']);
  expect((await openReview(two, '4.2', 'expected-access'))?.items).toHaveLength(2);
  expect(writeApproved(two, '4.2', 'expected-access', ['public.notes'])).toBeNull();
  expect(existsSync(join(root, 'supaready.access.json'))).toBe(false);
  expect(await openReview(contextOf({}), '4.2', 'expected-access')).toBeNull();
});

test('what a review rests on is bound by its question, so that it goes stale with it', () => {
  for (const { attestations } of checkpointsOf(checklist))
    for (const { id, review, binds } of attestations) if (review) expect([id, binds?.length ?? 0]).not.toEqual([id, 0]);
});
