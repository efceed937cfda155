import { beforeAll, expect, test } from 'vitest';
import { proposeContract } from '../../src/core/access-contract.ts';
import type { Collected, Facts } from '../../src/core/facts.ts';
import { describeObject } from '../../src/core/object.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { probeAccess } from '../../src/facts/shadow/access/probe.ts';
import { rlsMatrix } from '../../src/steps/4-security/4.2-policies/rls-matrix.ts';
import { expose } from '../checks/4/expose.ts';
import { testServer } from '../helpers/database.ts';
import { contextOn } from '../helpers/shadow-context.ts';

const NOW = '2026-11-24T12:00:00.000Z';
const environment = { name: 'production', kind: 'production', source: 'from-migrations', target: null } as const;

const SCHEMA = `${expose('public')}
create table public.scores (id bigint generated always as identity primary key, user_id uuid not null references auth.users, points int not null default 0);
alter table public.scores enable row level security;
create policy "leaderboard" on public.scores for select using (true);
create policy "own" on public.scores for insert to authenticated with check (user_id = (select auth.uid()));
`;

let database = 0;

async function judge(sql: string, repoAccess: (matrix: Facts['accessMatrix']) => Facts['repoAccess']) {
  const name = `contract_check_${++database}`;
  const context = await contextOn(testServer(), name, sql);
  try {
    const accessMatrix = await probeAccess(context);
    const catalogue = await collectCatalogue({ url: context.shadow.url, names: [...rlsMatrix.needs], embedded: false });
    const laid = { accessMatrix, repoAccess: repoAccess(accessMatrix) };
    const facts = {
      ...catalogue,
      ...Object.fromEntries(
        Object.entries(laid).map(([key, value]) => [key, { status: 'ok', value, hidden: [], ms: 0 }]),
      ),
    } as Collected;
    const snapshot = snapshotOf({
      environment: 'production',
      source: 'from-migrations',
      takenAt: NOW,
      durationMs: 0,
      facts,
    });
    return evaluateCheck(rlsMatrix, { snapshot, environment, parameters: {}, now: NOW });
  } finally {
    await testServer().dropDatabase(name);
  }
}

beforeAll(loadSqlParser);

test('without a contract a leaderboard is silent; with one, what it says decides, both ways', async () => {
  expect(await judge(SCHEMA, () => null)).toMatchObject({ status: 'pass' });
  expect(await judge(SCHEMA, (matrix) => ({ contract: proposeContract(matrix), error: null }))).toMatchObject({
    status: 'pass',
  });

  const changed = await judge(SCHEMA, (matrix) => {
    const contract = proposeContract(matrix);
    const scores = contract.tables['public.scores'];
    if (scores?.access.anon?.select) scores.access.anon.select.foreign = 'deny';
    if (scores?.access.A?.delete) scores.access.A.delete.own = 'allow';
    return { contract, error: null };
  });
  expect(
    changed.findings.map(({ severity, object, message }) => `${severity} ${describeObject(object)} ${message}`).sort(),
  ).toEqual([
    'blocker public.scores A: DELETE of the caller’s own row in public.scores is refused (filtered), and supaready.access.json says allow',
    'blocker public.scores anon: SELECT of a foreign row in public.scores is allowed, and supaready.access.json says deny',
  ]);
  expect(new Set(changed.findings.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test('a table that the contract does not know is denied to all, and a broken contract is never a pass', async () => {
  const found = await judge(SCHEMA, () => ({ contract: { schema: 'supaready.access/v1', tables: {} }, error: null }));
  expect(found.status).toBe('fail');
  expect(found.findings.every(({ message }) => message.endsWith('supaready.access.json says nothing'))).toBe(true);
  expect(await judge(SCHEMA, () => ({ contract: null, error: 'Unexpected end of JSON input' }))).toMatchObject({
    status: 'skipped',
    reason: 'supaready.access.json cannot be read: Unexpected end of JSON input',
  });
});
