import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSqlParser } from '../src/core/sql.ts';
import { collectCatalogue } from '../src/facts/postgres/collect.ts';
import type { Operation } from '../src/steps/lib/policy-tree.ts';
import { futureOf, REACH_FACTS, type Reach, type ReachFacts, reachOf } from '../src/steps/lib/reach.ts';
import { expose } from './checks/4/expose.ts';
import { isolatedDatabase, type TestDatabase } from './helpers/database.ts';

/*
 * What is said of who reaches what, held against PostgreSQL: each table has three rows, and each role tries each command on it
 * and goes each way round it. The project's older tables were granted to API roles by default, its newer ones were not.
 */

const USER = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const ROWS = `values (1, '${USER}', 'a'), (2, '${OTHER}', 'b'), (3, null, null)`;
const table = (name: string, more = '') =>
  `create table ${name} (id int primary key, user_id uuid, note text)${more}; insert into ${name} ${ROWS};`;
const guarded = (name: string) => `${table(name)} alter table ${name} enable row level security;`;
const own = (name: string, rest: string) => `create policy own on ${name} ${rest};`;

interface Situation {
  name: string;
  sql: string;
  /** Created before the platform's change of default grants. */
  before?: true;
  /** The sentences, by table and role. */
  said: Readonly<Record<string, Partial<Record<'anon' | 'authenticated' | 'reporter' | 'service_role', string>>>>;
  /** Statements a role runs on the ways round: how many rows of the table they reach. */
  ways?: readonly { role: string; sql: string; table: string; reaches: number | 'refused' }[];
}

const SITUATIONS: readonly Situation[] = [
  {
    name: 'an old table without row level security is everybody’s',
    before: true,
    sql: table('public.old'),
    said: {
      'public.old': {
        anon: 'anyone with the publishable key can read, change and delete every row and insert any row of public.old',
      },
    },
  },
  {
    name: 'a new table is nobody’s until it is granted',
    sql: table('public.fresh'),
    said: {
      'public.fresh': {
        anon: 'anyone with the publishable key cannot reach public.fresh: anon has no privilege on it',
        authenticated: 'any signed-in user cannot reach public.fresh: authenticated has no privilege on it',
        service_role: 'whoever holds a secret key cannot reach public.fresh: service_role has no privilege on it',
      },
    },
  },
  {
    name: 'an old table with row level security and no policy',
    before: true,
    sql: guarded('public.dark'),
    said: {
      'public.dark': {
        anon: 'anyone with the publishable key cannot reach public.dark: row level security is on and no policy lets anon pass',
        authenticated:
          'any signed-in user cannot reach public.dark: row level security is on and no policy lets authenticated pass',
        service_role:
          'whoever holds a secret key can read, change and delete every row and insert any row of public.dark',
      },
    },
  },
  {
    name: 'own rows',
    before: true,
    sql: `${guarded('public.notes')} ${own('public.notes', 'for all to authenticated using ((select auth.uid()) = user_id)')}`,
    said: {
      'public.notes': {
        anon: 'anyone with the publishable key cannot reach public.notes: row level security is on and no policy lets anon pass',
        authenticated:
          'any signed-in user can read, insert, change and delete some rows (policy “own”) of public.notes',
      },
    },
  },
  {
    name: 'everybody reads, owners write',
    before: true,
    sql: `${guarded('public.posts')} create policy everyone on public.posts for select using (true);
      ${own('public.posts', 'for update to authenticated using ((select auth.uid()) = user_id)')}`,
    said: {
      'public.posts': {
        anon: 'anyone with the publishable key can read every row (policy “everyone”) of public.posts; cannot insert, change or delete: row level security is on and no policy lets anon pass',
        authenticated:
          'any signed-in user can read every row (policy “everyone”) and change some rows (policy “own”) of public.posts; cannot insert or delete: row level security is on and no policy lets authenticated pass',
      },
    },
  },
  {
    name: 'a new table granted to signed-in users alone',
    sql: `${table('public.granted')} grant select, insert on public.granted to authenticated;`,
    said: {
      'public.granted': {
        anon: 'anyone with the publishable key cannot reach public.granted: anon has no privilege on it',
        authenticated:
          'any signed-in user can read every row and insert any row of public.granted; cannot change or delete: authenticated has no UPDATE or DELETE privilege',
        service_role: 'whoever holds a secret key cannot reach public.granted: service_role has no privilege on it',
      },
    },
  },
  {
    name: 'granted to PUBLIC',
    sql: `${table('public.to_public')} grant select on public.to_public to public;`,
    said: {
      'public.to_public': {
        anon: 'anyone with the publishable key can read every row of public.to_public; cannot insert, change or delete: anon has no INSERT, UPDATE or DELETE privilege',
        reporter:
          'whoever holds the role reporter can read every row of public.to_public; cannot insert, change or delete: reporter has no INSERT, UPDATE or DELETE privilege',
      },
    },
  },
  {
    name: 'column grants',
    sql: `${table('public.by_column')} grant select (id, note), update (note) on public.by_column to authenticated;`,
    said: {
      'public.by_column': {
        anon: 'anyone with the publishable key cannot reach public.by_column: anon has no privilege on it',
        authenticated:
          'any signed-in user can read every row (columns id and note only) and change every row (column note only) of public.by_column; cannot insert or delete: authenticated has no INSERT or DELETE privilege',
      },
    },
  },
  {
    name: 'no USAGE on the schema',
    sql: `${table('shut.vault')} grant select on shut.vault to anon;`,
    said: {
      'shut.vault': {
        anon: 'anyone with the publishable key cannot reach shut.vault: the Data API does not serve schema shut',
      },
    },
  },
  {
    name: 'a schema that is not served, by an invoker function',
    sql: `${table('private.hidden')} grant select on private.hidden to authenticated;
      create function public.hidden_rows() returns setof private.hidden language sql stable set search_path = '' as 'select * from private.hidden';
      grant execute on function public.hidden_rows() to authenticated; revoke execute on function public.hidden_rows() from public;`,
    said: {
      'private.hidden': {
        anon: 'anyone with the publishable key cannot reach private.hidden: the Data API does not serve schema private',
        authenticated:
          'any signed-in user cannot reach private.hidden by name: the Data API does not serve schema private; but can read what it lets through by calling public.hidden_rows()',
      },
    },
    ways: [
      { role: 'authenticated', sql: 'select * from public.hidden_rows()', table: 'private.hidden', reaches: 3 },
      { role: 'anon', sql: 'select * from public.hidden_rows()', table: 'private.hidden', reaches: 'refused' },
    ],
  },
  {
    name: 'a definer function',
    sql: `${guarded('public.tokens')}
      create function public.take(p int) returns setof public.tokens language plpgsql security definer set search_path = '' as
        'begin return query delete from public.tokens t where t.id = p returning t.*; end';
      revoke execute on function public.take(int) from public; grant execute on function public.take(int) to anon;`,
    said: {
      'public.tokens': {
        anon: 'anyone with the publishable key cannot reach public.tokens by name: anon has no privilege on it; but can read and delete what it lets through by calling public.take(p integer)',
        authenticated: 'any signed-in user cannot reach public.tokens: authenticated has no privilege on it',
      },
    },
    ways: [
      { role: 'anon', sql: 'select * from public.take(1)', table: 'public.tokens', reaches: 1 },
      { role: 'authenticated', sql: 'select * from public.take(1)', table: 'public.tokens', reaches: 'refused' },
    ],
  },
  {
    name: 'a definer view over a guarded table, and a view of it',
    sql: `${guarded('public.people')}
      create view private.all_people as select * from public.people;
      create view public.people_page as select id, user_id, note from private.all_people where id < 3;
      grant select on public.people_page to anon;`,
    said: {
      'public.people': {
        anon: 'anyone with the publishable key cannot reach public.people by name: anon has no privilege on it; but can read some rows through the view public.people_page',
        authenticated: 'any signed-in user cannot reach public.people: authenticated has no privilege on it',
      },
      'public.people_page': {
        anon: 'anyone with the publishable key can read some rows of public.people_page; cannot insert, change or delete: anon has no INSERT, UPDATE or DELETE privilege',
      },
    },
    ways: [{ role: 'anon', sql: 'select * from public.people_page', table: 'public.people', reaches: 2 }],
  },
  {
    name: 'a definer view that can be written through',
    sql: `${guarded('public.inbox')}
      create view public.inbox_form as select id, user_id, note from public.inbox;
      grant insert, delete on public.inbox_form to anon;`,
    said: {
      'public.inbox': {
        anon: 'anyone with the publishable key cannot reach public.inbox by name: anon has no privilege on it; but can delete every row and insert any row through the view public.inbox_form',
      },
    },
    ways: [
      { role: 'anon', sql: "insert into public.inbox_form values (8, null, 'x')", table: 'public.inbox', reaches: 1 },
    ],
  },
  {
    name: 'an invoker view gives nothing more',
    sql: `${guarded('public.careful')} grant select on public.careful to authenticated;
      ${own('public.careful', 'for select to authenticated using ((select auth.uid()) = user_id)')}
      create view public.careful_view with (security_invoker = on) as select * from public.careful;
      grant select on public.careful_view to authenticated;`,
    said: {
      'public.careful': {
        authenticated:
          'any signed-in user can read some rows (policy “own”) of public.careful; cannot insert, change or delete: authenticated has no INSERT, UPDATE or DELETE privilege',
      },
      'public.careful_view': {
        authenticated:
          'any signed-in user can read some rows of public.careful_view; cannot insert, change or delete: authenticated has no INSERT, UPDATE or DELETE privilege',
      },
    },
  },
  {
    name: 'a materialized view',
    sql: `${guarded('public.sales')} create materialized view public.sums as select id, user_id, note from public.sales;
      grant select on public.sums to authenticated;`,
    said: {
      'public.sales': {
        authenticated:
          'any signed-in user cannot reach public.sales by name: authenticated has no privilege on it; but can read every row through the view public.sums',
      },
      'public.sums': {
        authenticated:
          'any signed-in user can read every row of public.sums; cannot insert, change or delete: authenticated has no INSERT, UPDATE or DELETE privilege',
      },
    },
    ways: [{ role: 'authenticated', sql: 'select * from public.sums', table: 'public.sales', reaches: 3 }],
  },
  {
    name: 'a partition by its root',
    sql: `create table public.events (id int, user_id uuid, note text) partition by range (id);
      create table public.events_1 partition of public.events for values from (0) to (100);
      insert into public.events ${ROWS};
      grant select, insert on public.events to authenticated;`,
    said: {
      'public.events': {
        authenticated:
          'any signed-in user can read every row and insert any row of public.events; cannot change or delete: authenticated has no UPDATE or DELETE privilege',
      },
      'public.events_1': {
        authenticated:
          'any signed-in user cannot reach public.events_1 by name: authenticated has no privilege on it; but can read every row and insert any row through the parent table public.events',
        anon: 'anyone with the publishable key cannot reach public.events_1: anon has no privilege on it',
      },
    },
    ways: [{ role: 'authenticated', sql: 'select * from public.events', table: 'public.events_1', reaches: 3 }],
  },
  {
    name: 'a cascade deletes past row level security',
    sql: `${guarded('public.parents')} grant select, delete on public.parents to authenticated;
      ${own('public.parents', 'for all to authenticated using ((select auth.uid()) = user_id)')}
      create table public.children (id int primary key, user_id uuid, note text, parent_id int references public.parents on delete cascade);
      insert into public.children select id, user_id, note, 1 from public.parents;
      alter table public.children enable row level security;`,
    said: {
      'public.children': {
        authenticated:
          'any signed-in user cannot reach public.children by name: authenticated has no privilege on it; but can delete some rows by deleting what the foreign key children_parent_id_fkey of public.children points to',
        anon: 'anyone with the publishable key cannot reach public.children: anon has no privilege on it',
      },
    },
    ways: [
      { role: 'authenticated', sql: 'delete from public.parents where id = 1', table: 'public.children', reaches: 1 },
    ],
  },
  {
    name: 'a foreign key tells which keys exist',
    sql: `${guarded('public.invites')}
      create table public.guesses (id int primary key, user_id uuid, note text, invite int references public.invites);
      insert into public.guesses select id, user_id, note, 1 from public.invites;
      grant insert on public.guesses to authenticated;`,
    said: {
      'public.invites': {
        authenticated:
          'any signed-in user cannot reach public.invites by name: authenticated has no privilege on it; but can find out which keys exist by the foreign key guesses_invite_fkey of public.guesses',
        anon: 'anyone with the publishable key cannot reach public.invites: anon has no privilege on it',
      },
      'public.guesses': {
        authenticated:
          'any signed-in user can insert any row of public.guesses; cannot read, change or delete: authenticated has no SELECT, UPDATE or DELETE privilege',
      },
    },
    ways: [
      {
        role: 'authenticated',
        sql: 'insert into public.guesses (id, invite) values (7, 2)',
        table: 'public.invites',
        reaches: 1,
      },
    ],
  },
  {
    name: 'a definer trigger writes elsewhere',
    sql: `${guarded('public.log')} ${table('public.orders')} grant insert on public.orders to anon;
      create function private.note_it() returns trigger language plpgsql security definer set search_path = '' as
        'begin insert into public.log values (new.id + 100, new.user_id, new.note); return new; end';
      create trigger note_it after insert on public.orders for each row execute function private.note_it();`,
    said: {
      'public.log': {
        anon: 'anyone with the publishable key cannot reach public.log by name: anon has no privilege on it; but can make the trigger note_it of public.orders insert some rows',
        authenticated: 'any signed-in user cannot reach public.log: authenticated has no privilege on it',
      },
    },
    ways: [{ role: 'anon', sql: "insert into public.orders values (9, null, 'x')", table: 'public.log', reaches: 1 }],
  },
  {
    name: 'a serial key without USAGE on its sequence',
    sql: `create table public.counted (id serial primary key, user_id uuid, note text); insert into public.counted ${ROWS};
      grant insert on public.counted to authenticated;`,
    said: {
      'public.counted': {
        authenticated:
          'any signed-in user can insert any row of public.counted; cannot read, change or delete: authenticated has no SELECT, UPDATE or DELETE privilege; an insert has to name the key: no USAGE on the sequence public.counted_id_seq',
      },
    },
  },
  {
    name: 'a role of the project’s own, by membership',
    sql: `${guarded('public.figures')} ${own('public.figures', 'for select to reporter using (id < 3)')}
      grant select on public.figures to reporter;`,
    said: {
      'public.figures': {
        reporter:
          'whoever holds the role reporter can read some rows (policy “own”) of public.figures; cannot insert, change or delete: reporter has no INSERT, UPDATE or DELETE privilege',
        anon: 'anyone with the publishable key cannot reach public.figures: anon has no privilege on it',
      },
    },
  },
  {
    name: 'a restrictive policy narrows',
    sql: `${guarded('public.narrowed')} grant select on public.narrowed to authenticated;
      create policy everyone on public.narrowed for select to authenticated using (true);
      create policy few on public.narrowed as restrictive for select to authenticated using (id < 3);`,
    said: {
      'public.narrowed': {
        authenticated:
          'any signed-in user can read some rows (policy “everyone”) of public.narrowed; cannot insert, change or delete: authenticated has no INSERT, UPDATE or DELETE privilege',
      },
    },
  },
  {
    name: 'a policy for visitors that no signed-in user has, and the other way',
    sql: `${guarded('public.crossed')} grant select on public.crossed to anon, authenticated;
      create policy visitors on public.crossed for select to anon using (true);
      create policy nobody on public.crossed for select to authenticated using (false);`,
    said: {
      'public.crossed': {
        anon: 'anyone with the publishable key can read every row (policy “visitors”) of public.crossed; cannot insert, change or delete: anon has no INSERT, UPDATE or DELETE privilege',
        authenticated:
          'any signed-in user cannot reach public.crossed; cannot read: row level security is on and no policy lets authenticated pass; cannot insert, change or delete: authenticated has no INSERT, UPDATE or DELETE privilege',
      },
    },
  },
];

const STATEMENTS: Readonly<Record<Operation, (name: string) => string>> = {
  select: (name) => `select 1 from ${name}`,
  update: (name) => `update ${name} set note = 'x'`,
  delete: (name) => `delete from ${name}`,
  insert: (name) => `insert into ${name} (id, user_id, note) values (9, '${USER}', 'x')`,
};
const OPERATIONS = Object.keys(STATEMENTS) as Operation[];

let database: TestDatabase;
let client: pg.Client;
let reach: readonly Reach[];

/** Rows that the statement reached; the transaction is rolled back. */
async function tried(role: string, sql: string): Promise<number | 'refused'> {
  await client.query('begin');
  try {
    await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify({ role, sub: USER })]);
    await client.query(`set local role ${role}`);
    return (await client.query(sql)).rowCount ?? 0;
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '42501') throw error;
    return 'refused';
  } finally {
    await client.query('rollback');
  }
}

beforeAll(async () => {
  await loadSqlParser();
  database = await isolatedDatabase();
  const sql = (before: boolean) => SITUATIONS.filter((one) => (one.before ?? false) === before).map((one) => one.sql);
  await database.sql(`${expose('public')}
create schema private; grant usage on schema private to anon, authenticated;
create schema shut;
create role reporter nologin; grant reporter to authenticator;
${sql(true).join('\n')}
alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public revoke all on functions from anon, authenticated, service_role;
${sql(false).join('\n')}`);
  const collected = await collectCatalogue({ url: database.url, names: [...REACH_FACTS] });
  const facts = Object.fromEntries(
    Object.entries(collected).map(([name, fact]) => [name, fact.status === 'ok' ? fact.value : null]),
  ) as unknown as ReachFacts;
  reach = reachOf(facts) ?? [];
  client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

describe.each(SITUATIONS.map((situation) => [situation.name, situation] as const))(
  '%s',
  (_name, { said, ways = [] }) => {
    const of = (name: string, role: string) =>
      reach.find((one) => `${one.schema}.${one.name}` === name && one.role === role);

    test('is said in plain words', () => {
      for (const [name, roles] of Object.entries(said))
        for (const [role, sentence] of Object.entries(roles)) expect(of(name, role)?.sentence).toBe(sentence);
    });

    test('is what PostgreSQL does', async () => {
      for (const [name, roles] of Object.entries(said)) {
        const { rows } = await client.query<{ total: number }>(`select count(*)::int as total from ${name}`);
        const total = rows[0]?.total ?? 0;
        for (const role of Object.keys(roles)) {
          const found = of(name, role);
          if (!found?.schema.startsWith('public')) continue;
          for (const operation of OPERATIONS) {
            const count = await tried(role, STATEMENTS[operation](name));
            const what = `${role} ${operation} ${name}: ${count}`;
            if (found.direct[operation] === 'none') expect([0, 'refused'], what).toContain(count);
            else if (operation === 'insert') expect(count, what).toBe(1);
            else if (found.direct[operation] === 'all') expect(count, what).toBe(total);
            // A view's own condition is in what it shows already.
            else expect(count === 'refused' ? 0 : count, what).toBeLessThan(total + (found.kind === 'view' ? 1 : 0));
          }
        }
      }
      for (const { role, sql, table: name, reaches } of ways) {
        expect(await tried(role, sql), `${role}: ${sql}`).toBe(reaches);
        const rounds = of(name, role)?.ways ?? [];
        expect(rounds.length > 0, `${role} on ${name}: ${JSON.stringify(rounds)}`).toBe(reaches !== 'refused');
      }
    });
  },
);

test('a table made from now on is as the default privileges say, before and after they change', async () => {
  const names = ['database', 'roles', 'schemas', 'defaultAcls'] as const;
  const said = async () => {
    const collected = await collectCatalogue({ url: database.url, names: [...names] });
    const facts = Object.fromEntries(
      Object.entries(collected).map(([name, fact]) => [name, fact.status === 'ok' ? fact.value : null]),
    ) as unknown as Parameters<typeof futureOf>[0];
    return futureOf(facts).slice(0, 3);
  };
  const made = async (role: string) => {
    await database.sql('create table public.tomorrow (id int); insert into public.tomorrow values (1);');
    const count = await tried(role, 'select from public.tomorrow');
    await database.sql('drop table public.tomorrow;');
    return count;
  };
  const table = 'a table that postgres makes in public from now on';
  expect(await said()).toEqual([
    `anyone with the publishable key cannot reach ${table} until it is granted`,
    `any signed-in user cannot reach ${table} until it is granted`,
    `whoever holds a secret key cannot reach ${table} until it is granted`,
  ]);
  expect(await made('anon')).toBe('refused');
  await database.sql(`alter default privileges in schema public grant select, insert on tables to anon;
    alter default privileges grant select on tables to service_role;`);
  expect(await said()).toEqual([
    `anyone with the publishable key can read every row and insert any row of ${table} until row level security is switched on`,
    `any signed-in user cannot reach ${table} until it is granted`,
    `whoever holds a secret key can read every row of ${table}`,
  ]);
  expect([await made('anon'), await made('authenticated'), await made('service_role')]).toEqual([1, 'refused', 1]);
});
