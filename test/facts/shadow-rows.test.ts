import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSqlParser } from '../../src/core/sql.ts';
import { exampleOf } from '../../src/facts/shadow/rows/regex-example.ts';
import { openRowMaker, type RowMaker, type RowOutcome } from '../../src/facts/shadow/rows.ts';
import { freshDatabase, type TestDatabase } from '../helpers/database.ts';

/** Every kind of demand a table can make, one table each. */
const SCHEMA = `
  create schema app;
  create type app.status as enum ('draft', 'live');
  create domain app.mail as text check (value ~ '^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$');
  create domain app.positive as numeric(8, 2) not null check (value > 0);
  create type app.point3 as (x int, y int, z int);
  create table app.plain (id bigint generated always as identity primary key, note text);
  create table app.types (
    id uuid primary key, a smallint not null, b numeric(4, 1) not null, c varchar(3) not null, d char(2) not null, e date not null,
    f timestamptz not null, g interval not null, h jsonb not null, i text[] not null, j inet not null, k bytea not null,
    l tstzrange not null, m app.status not null, n app.mail not null, o app.positive, p app.point3 not null, q bit(4) not null,
    r time not null, s point not null, t tsvector not null, u boolean not null, v double precision not null, w macaddr not null,
    x xml, y int4range not null, z nummultirange not null, total numeric generated always as (a * 2) stored
  );
  create table app.checked (
    id int primary key,
    kind text not null check (kind in ('gift', 'sale')),
    price numeric not null check (price >= 100 and price < 1000),
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) between 8 and 12),
    starts timestamptz not null, ends timestamptz not null, check (ends > starts),
    owner_a uuid, owner_b uuid, check (num_nonnulls(owner_a, owner_b) = 1),
    settings jsonb not null check (jsonb_typeof(settings) = 'array'),
    code text not null check (code like 'AB-%')
  );
  create table app.tenants (id uuid primary key default gen_random_uuid(), name text not null unique);
  create table app.members (tenant_id uuid not null references app.tenants, user_id uuid not null references auth.users, role text not null, primary key (tenant_id, user_id));
  create table app.projects (tenant_id uuid not null references app.tenants, id uuid not null default gen_random_uuid(), primary key (tenant_id, id));
  create table app.tasks (
    id uuid primary key default gen_random_uuid(), tenant_id uuid not null references app.tenants, project_id uuid not null,
    author uuid not null references auth.users, parent uuid references app.tasks,
    foreign key (tenant_id, project_id) references app.projects (tenant_id, id)
  );
  create table app.own (id uuid primary key, boss uuid not null references app.own);
  create table app.left_ (id int primary key, right_id int not null);
  create table app.right_ (id int primary key, left_id int not null references app.left_ deferrable);
  alter table app.left_ add foreign key (right_id) references app.right_ deferrable initially immediate;
  create table app.egg (id int primary key, hen int not null);
  create table app.hen (id int primary key, egg int not null references app.egg);
  alter table app.egg add foreign key (hen) references app.hen;
  create table app.profiles (id uuid primary key references auth.users, name text not null);
  create function app.new_user() returns trigger language plpgsql security definer as $$
    begin insert into app.profiles values (new.id, 'x'); return new; end $$;
  create trigger new_user after insert on auth.users for each row execute function app.new_user();
  create table app.parts (id int, at date not null, primary key (id, at)) partition by range (at);
  create table app.parts_2020 partition of app.parts for values from ('2020-01-01') to ('2021-01-01');
  create table app.bookings (id int primary key, room int not null, during tstzrange not null, exclude using gist (during with &&));
  create table app.one_each (id int primary key, state app.status not null unique);
  create table app.signed (id int primary key, by_user uuid not null default auth.uid() references auth.users);
  create table app.closed (id int primary key);
  create function app.no() returns trigger language plpgsql as $$ begin raise exception 'closed'; end $$;
  create trigger no before insert on app.closed for each row execute function app.no();
  create table app.silent (id int primary key);
  create function app.nothing() returns trigger language plpgsql as $$ begin return null; end $$;
  create trigger nothing before insert on app.silent for each row execute function app.nothing();
  create table app.never (id int primary key, n int not null check (n > 5 and n < 5));
  create table app.countries (code char(2) primary key check (code in ('DE', 'FR')), name text not null);
  insert into app.countries values ('DE', 'x'), ('FR', 'y');
  create table app.addresses (id int primary key, country char(2) not null references app.countries);
`;

describe('rows that a database accepts', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let maker: RowMaker;
  beforeAll(async () => {
    await loadSqlParser();
    database = await freshDatabase();
    await database.sql(SCHEMA);
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    await client.query(`begin; set local statement_timeout = '5s'`);
    maker = await openRowMaker(client);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  const reason = (outcome: RowOutcome) => (outcome.ok ? null : outcome.reason);

  test.each([
    'plain',
    'types',
    'checked',
    'tenants',
    'members',
    'projects',
    'tasks',
    'own',
    'left_',
    'right_',
    'profiles',
    'parts',
    'bookings',
    'one_each',
    'signed',
    'addresses',
  ])('a row, and another one, of app.%s', async (table) => {
    for (let turn = 0; turn < 2; turn++) {
      const scope = maker.scope();
      expect(reason(await scope.row('app', table))).toBe(null);
    }
    await client.query(
      'savepoint now_checked; set constraints all immediate; set constraints all deferred; release savepoint now_checked',
    );
  });

  test.each([
    ['egg', /go round \(app\.egg → app\.hen → app\.egg\).*no first row/],
    ['closed', /trigger function app\.no refused it \(P0001\)/],
    ['silent', /lets no row in/],
    ['never', /no value was found that passes its checks on n/],
    ['missing', /there is no table/],
  ])('why there is none of app.%s', async (table, expected) => {
    expect(reason(await maker.scope().row('app', table))).toMatch(expected);
  });

  test('rows of a scope belong together, a tenant can be shared by two owners', async () => {
    const alice = maker.scope();
    const task = await alice.row('app', 'tasks', { references: true });
    const user = await alice.user();
    const tenant = await alice.row('app', 'tenants');
    if (!task.ok || !user.ok || !tenant.ok) throw new Error('no row');
    expect(task.row.values.author).toBe(user.row.values.id);
    const bob = maker.scope([tenant.row]);
    const [hers, theirs] = [await bob.row('app', 'tasks'), await bob.user()];
    if (!hers.ok || !theirs.ok) throw new Error('no row');
    expect(hers.row.values.tenant_id).toBe(tenant.row.values.id);
    expect(theirs.row.values.id).not.toBe(user.row.values.id);
    const profile = await bob.row('app', 'profiles');
    expect(profile.ok && [profile.row.values.id, profile.row.made]).toEqual([theirs.row.values.id, false]);
  });

  test.each([
    '^[A-Z]{3}-\\d{4}$',
    '^(foo|bar)+[^a-z]$',
    '^#[0-9a-fA-F]{6}$',
    '^\\+[1-9]\\d{1,14}$',
    '^[a-z0-9]+(?:-[a-z0-9]+)*$',
    '^https?://[^\\s/$.?#].[^\\s]*$',
    '^[[:alpha:]_][[:alnum:]_]*$',
  ])('an example of %s', async (pattern) => {
    const { rows } = await client.query<{ fits: boolean }>('select $1 ~ $2 as fits', [exampleOf(pattern), pattern]);
    expect(rows[0]?.fits).toBe(true);
  });
});
