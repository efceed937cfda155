import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Facts } from '../src/core/facts.ts';
import { loadSqlParser } from '../src/core/sql.ts';
import { collectCatalogue } from '../src/facts/postgres/collect.ts';
import { API_ROLES, accessOf, effectivePrivileges, exposedSchemas, relationNamed } from '../src/steps/lib/exposure.ts';
import { OPERATIONS } from '../src/steps/lib/policy-tree.ts';
import { expose } from './checks/4/expose.ts';
import { freshDatabase, type TestDatabase } from './helpers/database.ts';

const NEEDS = ['database', 'roles', 'schemas', 'relations', 'columns', 'policies', 'functions', 'views'] as const;
type Needed = Pick<Facts, (typeof NEEDS)[number]>;

let database: TestDatabase;
let facts: Needed;

async function collect(): Promise<Needed> {
  const collected = await collectCatalogue({ url: database.url, names: [...NEEDS] });
  return Object.fromEntries(
    Object.entries(collected).map(([name, fact]) => [name, fact.status === 'ok' ? fact.value : null]),
  ) as unknown as Needed;
}

beforeAll(async () => {
  await loadSqlParser();
  database = await freshDatabase();
  await database.sql(`${expose('public')}
create schema private; create schema closed;
alter default privileges in schema public revoke all on tables from anon, authenticated;
create table public.open (id int primary key, secret text); grant select on public.open to public;
create table public.by_column (id int primary key, name text, secret text); grant select (name) on public.by_column to anon; grant update (name) on public.by_column to authenticated;
create table public.guarded (id int primary key, user_id uuid); grant all on public.guarded to anon, authenticated;
alter table public.guarded enable row level security;
create policy own on public.guarded for all to authenticated using ((select auth.uid()) = user_id);
create policy all_rows on public.guarded for select to anon using (true);
create policy some_rows on public.guarded as restrictive for select to anon using (id < 10);
create table public.parent (id int, at date) partition by range (at); grant select on public.parent to anon;
create table public.child partition of public.parent for values from ('2026-01-01') to ('2027-01-01');
alter table public.parent enable row level security;
create table private.hidden (id int); grant usage on schema private to anon; grant select on private.hidden to anon;
create view public.as_owner as select * from public.guarded; grant select on public.as_owner to authenticated;
create view public.as_caller with (security_invoker = on) as select * from public.guarded; grant select on public.as_caller to authenticated;
`);
  facts = await collect();
});
afterAll(() => database.drop());

function rows(
  role: string,
  schema: string,
  name: string,
  operation: 'select' | 'insert' | 'update' | 'delete',
): string {
  const relation = relationNamed(facts, schema, name);
  if (!relation) throw new Error(name);
  const { rows: reach, because } = accessOf(facts, role, relation, operation);
  return `${reach} ${because}`;
}

describe('who can do what over the Data API', () => {
  test.each([
    ['anon', 'public', 'open', 'select', 'all rls-off'],
    ['anon', 'public', 'open', 'insert', 'none no-privilege'],
    ['anon', 'public', 'by_column', 'select', 'all rls-off'],
    ['authenticated', 'public', 'by_column', 'select', 'none no-privilege'],
    ['authenticated', 'public', 'by_column', 'update', 'all rls-off'],
    ['anon', 'public', 'guarded', 'select', 'some policies'],
    ['anon', 'public', 'guarded', 'delete', 'none no-policy'],
    ['authenticated', 'public', 'guarded', 'insert', 'some policies'],
    ['service_role', 'public', 'guarded', 'select', 'all bypass-rls'],
    ['anon', 'public', 'parent', 'select', 'none no-policy'],
    ['anon', 'public', 'child', 'select', 'none no-privilege'],
    ['anon', 'private', 'hidden', 'select', 'none schema-not-exposed'],
    ['authenticated', 'public', 'as_owner', 'select', 'all owner-rights'],
    ['authenticated', 'public', 'as_caller', 'select', 'some invoker-rights'],
  ] as const)('%s on %s.%s: %s', (role, schema, name, operation, expected) => {
    expect(rows(role, schema, name, operation)).toBe(expected);
  });

  test('privileges are those PostgreSQL computes, on every relation of the project', async () => {
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    for (const relation of facts.relations.filter(({ platform }) => !platform)) {
      for (const role of API_ROLES) {
        const { table } = effectivePrivileges(facts, role, relation);
        for (const operation of OPERATIONS) {
          const answer = await client.query(
            'select has_table_privilege($1, format($$%I.%I$$, $2::text, $3::text), $4) as held',
            [role, relation.schema, relation.name, operation],
          );
          expect([relation.name, role, operation, table.has(operation)]).toEqual([
            relation.name,
            role,
            operation,
            (answer.rows[0] as { held: boolean }).held,
          ]);
        }
      }
    }
    await client.end();
  });

  test('nobody says which schemas are served: null, never a guess', () => {
    expect(exposedSchemas({ database: { ...facts.database, exposedSchemas: null } })).toBeNull();
    expect(exposedSchemas(facts)).toEqual(['public']);
  });
});
