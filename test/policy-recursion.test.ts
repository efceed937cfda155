import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Facts } from '../src/core/facts.ts';
import { loadSqlParser } from '../src/core/sql.ts';
import { collectCatalogue } from '../src/facts/postgres/collect.ts';
import { policyRecursion } from '../src/steps/4-security/4.2-policies/policy-recursion.ts';
import { freshDatabase, type TestDatabase } from './helpers/database.ts';

/** Tables t and u, their policies, and a statement; PostgreSQL itself says whether it recurses (42P17). */
const cases: { name: string; policies: string; statement: string }[] = [
  {
    name: 'a table that asks itself',
    policies: 'create policy p on t for select using (exists (select 1 from t x where x.owner = auth.uid()));',
    statement: 'select * from t',
  },
  {
    name: 'an insert that asks the table, whose reading asks nothing',
    policies:
      'create policy r on t for select using (true); create policy w on t for insert with check ((select count(*) from t) < 9);',
    statement: 'insert into t values (1, null)',
  },
  {
    name: 'an insert that asks the table, whose reading wraps auth.uid()',
    policies:
      'create policy r on t for select using (owner = (select auth.uid())); create policy w on t for insert with check ((select count(*) from t) < 9);',
    statement: 'insert into t values (1, null)',
  },
  {
    name: 'two tables that ask each other',
    policies:
      'create policy p on t for select using (exists (select 1 from u)); create policy p on u for select using (exists (select 1 from t));',
    statement: 'select * from t',
  },
  {
    name: 'one that asks the other',
    policies:
      'create policy p on t for select using (exists (select 1 from u)); create policy p on u for select using (owner = (select auth.uid()));',
    statement: 'select * from t',
  },
  {
    name: 'through a view with the caller’s rights',
    policies:
      'create view v with (security_invoker = on) as select * from t; grant select on v to authenticated; create policy p on t for select using (exists (select 1 from v));',
    statement: 'select * from t',
  },
  {
    name: 'through a definer function',
    policies:
      "create function mine() returns setof int language sql security definer set search_path = '' as 'select id from public.t where owner = auth.uid()'; create policy p on t for select using (id in (select mine()));",
    statement: 'select * from t',
  },
];

let database: TestDatabase;
beforeAll(async () => {
  await loadSqlParser();
  database = await freshDatabase();
});
afterAll(() => database.drop());

async function recurses(statement: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    await client.query('set role authenticated');
    await client.query(statement);
    return false;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '42P17') return true;
    if (code === '42501') return false;
    throw error;
  } finally {
    await client.end();
  }
}

describe('policy-recursion agrees with PostgreSQL', () => {
  test.each(cases)('$name', async ({ policies, statement }) => {
    await database.sql(`drop schema if exists public cascade; create schema public; grant usage on schema public to anon, authenticated;
      create table t (id int, owner uuid); create table u (id int, owner uuid);
      alter table t enable row level security; alter table u enable row level security;
      grant all on t, u to anon, authenticated; ${policies}`);
    const collected = await collectCatalogue({ url: database.url, names: [...policyRecursion.needs] });
    const facts = Object.fromEntries(
      Object.entries(collected).map(([name, fact]) => [name, fact.status === 'ok' ? fact.value : null]),
    ) as unknown as Facts;
    const outcome = policyRecursion.evaluate({
      facts,
      parameters: {},
      environment: { name: 'test', kind: 'development', source: 'live', target: null },
      now: '2026-11-24T12:00:00.000Z',
    });
    const found = outcome.kind === 'evaluated' && outcome.findings.length > 0;
    expect(found).toBe(await recurses(statement));
  });
});
