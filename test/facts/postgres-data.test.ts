import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collected, FactName, Facts } from '../../src/core/facts.ts';
import { FACT_SOURCES } from '../../src/core/facts.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { collectData } from '../../src/facts/postgres/collect-data.ts';
import { batches, countSql } from '../../src/facts/postgres/data/counts.ts';
import type { DataOptions } from '../../src/facts/postgres/data/scan.ts';
import { freshDatabase, type TestDatabase } from '../helpers/database.ts';

const NEEDED: readonly FactName[] = ['database', 'relations', 'columns', 'constraints', 'tableStats'];

function factIn<N extends FactName>(facts: Collected, name: N): Facts[N] {
  const fact = facts[name];
  if (fact?.status !== 'ok') throw new Error(`${name}: ${fact?.status}`);
  return fact.value as Facts[N];
}

const SCHEMA = `
create table public.profiles (id uuid primary key references auth.users on delete cascade, name text);
create table public.categories (id bigint primary key);
create table public.boxes (id int primary key);
create table public.teams (id uuid primary key);
create table public.items (
  id bigint primary key, category_id bigint, box_id int, team_id bigint, item_id bigint, missing_id bigint, parent bigint
);
alter table public.items add constraint items_parent_fkey foreign key (parent) references public.items (id) not valid;
insert into public.categories values (1), (2);
insert into public.boxes values (1);
insert into public.items (id, category_id, box_id) values (1, 1, 1), (2, 9, 7), (3, null, 8);
create table public.events (at date not null, id int) partition by range (at);
create table public.events_a partition of public.events for values from ('2026-01-01') to ('2026-02-01');
create table public.events_b partition of public.events for values from ('2026-02-01') to ('2026-03-01');
insert into public.events values ('2026-01-01', 1), ('2026-02-01', 2), ('2026-02-02', 3);
create table public.nothing ();
create table public."we""ird '; drop table items; -- 🔑" (id int);
insert into public."we""ird '; drop table items; -- 🔑" values (1);
-- as supabase_admin
create table public.closed (id int primary key);
insert into public.closed values (1), (2);
revoke all on public.closed from postgres;
create table public.huge (id int);
insert into auth.users (id, email, created_at, is_anonymous)
  select ('00000000-0000-4000-8000-00000000000' || i)::uuid, 'u' || i || '@e.org', now() - age::interval, i = 4
  from (values (1, '1 day'), (2, '1 day'), (3, '1 minute'), (4, '1 day')) v (i, age);
insert into public.profiles select id, 'x' from auth.users where email = 'u1@e.org';
set session_replication_role = replica;
insert into public.profiles values (gen_random_uuid(), 'lost');
update public.items set parent = 99 where id = 1;
set session_replication_role = origin;
`;

describe('row scans', () => {
  let database: TestDatabase;
  let catalogue: Collected;
  let facts: Collected;
  const labels: string[] = [];

  function collect(options: Partial<DataOptions> = {}): Promise<Collected> {
    return collectData({ url: database.url, names: FACT_SOURCES.data, catalogue, previousCounts: null, ...options });
  }

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql(SCHEMA);
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    // The baseline lets postgres read everything; here one table shall be closed to a reader of our own.
    await admin.query('drop role if exists counter');
    await admin.query('create role counter login bypassrls');
    await admin.query('grant usage on schema auth, public to counter');
    await admin.query('grant select on all tables in schema public, auth to counter');
    await admin.query('revoke all on public.closed from counter');
    await admin.query('analyze');
    await admin.query("update pg_class set reltuples = 5e6 where oid = 'public.huge'::regclass");
    await admin.end();
    catalogue = await collectCatalogue({ url: database.url, names: NEEDED });
    facts = await collect({
      url: database.url.replace('//postgres@', '//counter@'),
      previousCounts: [
        { schema: 'public', table: 'items', count: 10, exact: true, previous: null, error: null },
        { schema: 'public', table: 'boxes', count: 0, exact: true, previous: null, error: 'timeout' },
      ],
      onProgress: (label, done, total) => labels.push(`${label} ${done}/${total}`),
    });
  });
  afterAll(async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query('drop owned by counter');
    await admin.query('drop role counter');
    await admin.end();
    await database.drop();
  });

  test('counts every table of the project once, a partitioned one by its root', () => {
    const counts = factIn(facts, 'rowCounts');
    expect(counts.map((row) => [row.table, row.count, row.exact])).toEqual([
      ['boxes', 1, true],
      ['categories', 2, true],
      ['closed', 0, false],
      ['events', 3, true],
      ['huge', 5_000_000, false],
      ['items', 3, true],
      ['nothing', 0, true],
      ['profiles', 2, true],
      ['teams', 0, true],
      ['we"ird \'; drop table items; -- 🔑', 1, true],
    ]);
    expect(counts.every((row) => row.schema === 'public')).toBe(true);
  });

  test('a table that cannot be counted says why and spoils no other', () => {
    const closed = factIn(facts, 'rowCounts').find((row) => row.table === 'closed');
    expect(closed?.error).toMatch(/permission denied.*42501/);
    expect(factIn(facts, 'rowCounts').filter((row) => row.error !== null)).toHaveLength(1);
  });

  test('the count before is beside it, unless that had failed', () => {
    const counts = new Map(factIn(facts, 'rowCounts').map((row) => [row.table, row.previous]));
    expect(counts.get('items')).toBe(10);
    expect(counts.get('boxes')).toBeNull();
    expect(counts.get('teams')).toBeNull();
  });

  test('orphans of keys not validated and of implied ones', () => {
    const orphans = factIn(facts, 'orphans');
    expect(orphans.map((row) => [row.column, row.referencesTable, row.constraint, row.orphans, row.error])).toEqual([
      ['parent', 'items', 'items_parent_fkey', 1, null],
      ['category_id', 'categories', null, 1, null],
      ['box_id', 'boxes', null, 2, null],
      ['item_id', 'items', null, 0, null],
    ]);
  });

  test('users without a profile and profiles without a user', () => {
    expect(factIn(facts, 'profileParity')).toEqual({
      schema: 'public',
      table: 'profiles',
      column: 'id',
      usersWithoutProfile: 1,
      profilesWithoutUser: 1,
      error: null,
    });
  });

  test('progress names what is read', () => {
    expect(labels).toContain('rows of public.items 6/10');
    expect(labels).toContain('profiles in public.profiles 1/1');
    expect(labels.some((label) => /^samples of public.items \(\d+ of 10 tables\)/.test(label))).toBe(true);
  });

  test('a count that takes too long is an error after its limit, not a zero', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query('begin');
    await admin.query('lock table public.teams in access exclusive mode');
    const started = Date.now();
    const counts = factIn(await collect({ names: ['rowCounts'] }), 'rowCounts');
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(counts.find((row) => row.table === 'teams')).toMatchObject({
      count: 0,
      exact: false,
      error: expect.stringMatching(/55P03|57014/),
    });
    expect(counts.find((row) => row.table === 'items')).toMatchObject({ count: 3, error: null });
    await admin.query('rollback');
    await admin.end();
  }, 40_000);

  test('without the catalogue it needs, a scan is absent and says what is missing', async () => {
    const none = await collect({
      catalogue: { ...catalogue, constraints: { status: 'denied', reason: 'no right', ms: 0 } },
    });
    expect(none.rowCounts).toMatchObject({ status: 'absent', reason: 'constraints: no right' });
    expect(none.orphans?.status).toBe('absent');
  });

  test('an abort ends it', async () => {
    await expect(collect({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled', exitCode: 130 });
  });

  test('nothing was written', async () => {
    expect(factIn(await collectCatalogue({ url: database.url, names: ['relations'] }), 'relations')).toEqual(
      factIn(catalogue, 'relations'),
    );
  });
});

test('small tables are counted together, large ones alone', () => {
  const table = (name: string, estimate: number | null) => ({
    table: { schema: 's', name } as Facts['relations'][number],
    estimate,
  });
  const groups = batches([
    ...Array.from({ length: 120 }, (_, at) => table(`t${at}`, 10)),
    table('big', 900_000),
    table('unknown', null),
  ]);
  expect(groups.map((group) => group.length)).toEqual([50, 50, 20, 1, 1]);
  expect(countSql([table('select', 1), table('b', 1)])).toBe(
    'select 0 as place, count(*)::text as count from s."select"\nunion all\nselect 1 as place, count(*)::text as count from s.b',
  );
});
