import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Facts } from '../src/core/facts.ts';
import { loadSqlParser } from '../src/core/sql.ts';
import { collectCatalogue } from '../src/facts/postgres/collect.ts';
import { type Access, API_ROLES, accessOf, EXPOSURE, relationNamed } from '../src/steps/lib/exposure.ts';
import { OPERATIONS, type Operation } from '../src/steps/lib/policy-tree.ts';
import { expose } from './checks/4/expose.ts';
import { freshDatabase, type TestDatabase } from './helpers/database.ts';

/*
 * The oracle of `none`: PostgreSQL itself. Each case is a table of its own with one policy; wherever accessOf says that a role
 * reaches nothing, a session as that role, with the claims of several users, must see, add, change and delete nothing.
 */

const NEEDS = [...EXPOSURE, 'triggers'] as const;
type Needed = Pick<Facts, (typeof NEEDS)[number]>;

const USER = '00000000-0000-4000-8000-000000000001';

const FUNCTIONS = `
create table public.members (team_id int, user_id uuid, role text);
insert into public.members values (1, '${USER}', 'admin'), (2, null, 'viewer');
create schema private; grant usage on schema private to anon, authenticated;
create type public.level as enum ('low', 'high');
create function public.by_variable() returns boolean language plpgsql security definer as $$
declare allowed boolean := false; begin if 1 = 2 then return false; end if; allowed := true; return allowed; end $$;
create function public.by_handler() returns boolean language plpgsql as $$
begin perform 1 / 0; return false; exception when others then return true; end $$;
create function public.by_loop() returns boolean language plpgsql as $$
begin for i in 1..2 loop if i = 2 then return i = 2; end if; end loop; return false; end $$;
create function public.by_execute() returns boolean language plpgsql as $$
declare found_it boolean; begin execute 'select true' into found_it; return found_it; end $$;
create function public.by_assigned(who uuid) returns boolean language plpgsql as $$
begin who := coalesce(who, gen_random_uuid()); return who is not null; end $$;
create function public.by_out(out ok boolean) language plpgsql as $$ begin ok := true; end $$;
create function public.by_column(user_id uuid) returns boolean language sql security definer as $$
select exists (select 1 from public.members m where user_id = m.user_id) $$;
create function public.by_count() returns boolean language sql security definer as $$
select count(*) = 0 from public.members m where m.user_id = auth.uid() and m.role = 'owner' $$;
create function public.by_default(a boolean default true, b boolean default false) returns boolean language sql as $$ select a $$;
create function public.by_overload(a int) returns boolean language sql as $$ select false $$;
create function public.by_overload(a text) returns boolean language sql as $$ select true $$;
create function public.by_strict(a uuid) returns boolean language sql strict as $$ select false $$;
create function public.by_owner() returns boolean language sql security definer as $$ select current_user = 'postgres' $$;
-- as supabase_admin
create function public.by_setting() returns boolean language sql set "request.jwt.claims" = '{"sub":"${USER}"}' as $$ select auth.uid() is not null $$;
-- as postgres
create function public.by_variadic(variadic a boolean[]) returns boolean language sql as $$ select a is not null $$;
create function public.by_set() returns setof boolean language sql as $$ select true where false $$;
create function public.by_level(wanted public.level) returns boolean language sql as $$ select wanted = 'high' $$;
create function public.guarded(owner uuid) returns boolean language plpgsql as $$
begin if auth.uid() is null then return false; end if; return auth.uid() = owner; end $$;
create function public.member(p_team int) returns boolean language sql security definer as $$
select exists (select 1 from public.members m where m.team_id = p_team and m.user_id = auth.uid()) $$;
create function public.member_of(p_user uuid, p_team int) returns boolean language plpgsql security definer as $$
begin return exists (select 1 from public.members m where m.team_id = p_team and m.user_id = p_user); end $$;
create function public.constant_user() returns boolean language plpgsql as $$
declare uid constant uuid := auth.uid(); begin return uid is not null; end $$;
`;

/** Policy expressions over a row (id int, user_id uuid, team_id int, tags text[], note text). */
const EXPRESSIONS = [
  'false',
  'true',
  'auth.uid() = user_id',
  '(select auth.uid()) is not null',
  "auth.role() = 'authenticated'",
  'public.by_variable()',
  'public.by_handler()',
  'public.by_loop()',
  'public.by_execute()',
  'public.by_assigned(auth.uid())',
  'public.by_out()',
  'public.by_column(auth.uid())',
  'public.by_count()',
  'public.by_default(b => null)',
  "public.by_overload('x'::text)",
  'public.by_strict(null) is null',
  'public.by_owner()',
  'public.by_setting()',
  'public.by_variadic(null, true)',
  '(select x from public.by_set() as x) is null',
  "public.by_level('high')",
  'not public.guarded(user_id)',
  'public.guarded(user_id)',
  'public.member(team_id)',
  'not public.member(team_id)',
  'public.member_of(auth.uid(), team_id)',
  'public.constant_user()',
  'not public.constant_user()',
  '(select count(*) from public.members m where m.user_id = auth.uid()) = 0',
  'exists (select count(*) from public.members m where m.user_id = auth.uid())',
  'not exists (select 1 from public.members m where m.user_id = auth.uid())',
  'coalesce((select max(1) from public.members m where m.user_id = auth.uid()), 1) = 1',
  'auth.uid() = all (array[]::uuid[])',
  'auth.uid()::text <> all (tags)',
  "'anon' <> any (array['anon', 'x'])",
  'note not in (select m.role from public.members m where m.user_id = auth.uid())',
  "'t'::boolean = true",
  "'1.0'::numeric = 1",
  "'abcd'::varchar(2) = 'ab'",
  '(note = note) is null',
  'coalesce(not (note = note), true)',
  "(auth.jwt() ->> 'iss') = 'supabase'",
  "(auth.jwt() ->> 'email') like '%@example.com'",
  `(auth.jwt() -> 'role')::text in ('"anon"', '"authenticated"')`,
  "coalesce(current_setting('request.jwt.claim.sub', true), '') = ''",
  "current_setting('request.jwt.claim.sub', true) is null",
  "nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' = user_id::text",
  "current_setting('app.mode', true) is null",
  "current_user = 'anon'",
  'session_user <> current_user',
  "(auth.jwt() -> 'app_metadata' ->> 'role') = 'admin'",
  "(auth.jwt() -> 'app_metadata' ->> 'role') is distinct from 'admin'",
  "case when auth.uid() is null then note = 'open' else false end",
  '(auth.uid() is null) is true',
];

const CLAIMS: Readonly<Record<string, readonly object[]>> = {
  anon: [{ role: 'anon' }, { role: 'anon', iss: 'supabase', ref: 'x', iat: 1, exp: 9_999_999_999 }],
  authenticated: [
    { role: 'authenticated', sub: USER, email: 'a@example.com', app_metadata: { role: 'admin' } },
    { role: 'authenticated', sub: '00000000-0000-4000-8000-000000000002', email: 'b@example.org', app_metadata: {} },
  ],
};

const STATEMENT: Readonly<Record<Operation, (table: string) => string>> = {
  select: (table) => `select 1 from ${table}`,
  // Without a condition: one that reads columns would ask for what SELECT lets through too.
  update: (table) => `update ${table} set id = 7`,
  delete: (table) => `delete from ${table}`,
  insert: (table) =>
    `insert into ${table} values (9, '${USER}', 1, '{}', 'open') ; insert into ${table} values (9, null, null, null, null)`,
};

let database: TestDatabase;
let facts: Needed;
let client: pg.Client;

async function reached(role: string, table: string, operation: Operation, claims: object): Promise<number> {
  let rows = 0;
  for (const statement of STATEMENT[operation](table).split(' ; ')) {
    await client.query('begin');
    try {
      await client.query(`set local role ${role}`);
      await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
      rows += (await client.query(statement)).rowCount ?? 0;
    } catch {
      // Refused: nothing reached.
    } finally {
      await client.query('rollback');
    }
  }
  return rows;
}

function access(role: string, name: string, operation: Operation): Access {
  const relation = relationNamed(facts, 'public', name);
  if (!relation) throw new Error(name);
  return accessOf(facts, role, relation, operation);
}

const VIEWS = `
create view public.w_left with (security_invoker = on) as select c.id from public.c1 c left join public.c0 d on d.id = c.id;
create view public.w_inner with (security_invoker = on) as select c.id from public.c0 c;
create view public.w_count as select count(*) as n from public.c1 where auth.uid() = user_id;
create view public.w_own as select id from public.c1 where auth.uid() = user_id;
create view public.w_write with (security_invoker = on) as select id, user_id, team_id, tags, note from public.c1 c where exists (select 1 from public.seen s where s.id = c.id);
create view public.w_trigger as select id, user_id, team_id, tags, note from public.c1 limit 5;
create function public.put() returns trigger language plpgsql as $$ begin return coalesce(new, old); end $$;
create trigger put instead of insert or update or delete on public.w_trigger for each row execute function public.put();
create table public.mine (id int, user_id uuid, team_id int, tags text[], note text); alter table public.mine enable row level security;
insert into public.mine values (1, null, 1, '{}', 'x');
-- as supabase_admin
alter table public.mine owner to anon;
-- as postgres
`;
const NAMES = [...EXPRESSIONS.keys()].map((at) => `c${at}`);
const VIEW_NAMES = ['w_left', 'w_inner', 'w_count', 'w_own', 'w_write', 'w_trigger', 'mine'];

beforeAll(async () => {
  await loadSqlParser();
  database = await freshDatabase();
  const tables = EXPRESSIONS.map(
    (expression, at) => `
create table public.c${at} (id int, user_id uuid, team_id int, tags text[], note text);
insert into public.c${at} values (1, '${USER}', 1, '{a}', 'open'), (2, null, 2, '{}', null), (3, gen_random_uuid(), null, null, 'x');
alter table public.c${at} enable row level security;
create policy p on public.c${at} for all to anon, authenticated using (${expression});`,
  );
  await database.sql(`${expose('public')}${FUNCTIONS}${tables.join('')}
create table public.seen (id int); insert into public.seen values (1);
${VIEWS}
grant all on all tables in schema public to anon, authenticated;
revoke all on public.seen from anon, authenticated; grant select on public.seen to anon, authenticated;
`);
  const collected = await collectCatalogue({ url: database.url, names: [...NEEDS] });
  facts = Object.fromEntries(
    Object.entries(collected).map(([name, fact]) => [name, fact.status === 'ok' ? fact.value : null]),
  ) as unknown as Needed;
  client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

describe('where accessOf says none, PostgreSQL lets nothing through', () => {
  test.each([
    ...NAMES.map((name, at) => [name, EXPRESSIONS[at]]),
    ...VIEW_NAMES.map((name) => [name, 'view or owner']),
  ])('%s %s', async (name = '') => {
    for (const role of API_ROLES) {
      for (const operation of OPERATIONS) {
        const { rows } = access(role, name, operation);
        for (const claims of CLAIMS[role] ?? []) {
          const count = await reached(role, `public.${name}`, operation, claims);
          if (rows === 'none') expect(count, `${role} ${operation}`).toBe(0);
          // Tables have three rows; of an INSERT both tries pass.
          if (rows === 'all' && name.startsWith('c') && operation !== 'insert')
            expect(count, `${role} ${operation} all`).toBe(3);
        }
      }
    }
  });

  test('and it still says none where that can be proved', () => {
    const proved = NAMES.filter((name) => access('anon', name, 'select').rows === 'none');
    expect(proved.map((name) => EXPRESSIONS[Number(name.slice(1))])).toEqual([
      'false',
      'auth.uid() = user_id',
      '(select auth.uid()) is not null',
      "auth.role() = 'authenticated'",
      'public.guarded(user_id)',
      'public.member(team_id)',
      'public.member_of(auth.uid(), team_id)',
      'public.constant_user()',
      "(auth.jwt() ->> 'email') like '%@example.com'",
      "nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' = user_id::text",
      "(auth.jwt() -> 'app_metadata' ->> 'role') = 'admin'",
    ]);
  });
});
