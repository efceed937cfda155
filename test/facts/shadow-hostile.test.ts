import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collected, CollectedFact } from '../../src/core/facts.ts';
import { FACT_SOURCES } from '../../src/core/facts.ts';
import { collectShadow } from '../../src/facts/shadow/collect.ts';
import { type FromMigrations, prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';

/* What a pull request could bring. Every way to run a program as the server's user leaves a file of its own name. */

const folder = mkdtempSync(join(tmpdir(), 'supaready-hostile-'));
const loot = join(folder, 'loot');
mkdirSync(loot);
// The server runs as another user where we are root.
chmodSync(folder, 0o755);
chmodSync(loot, 0o777);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const taken = () => readdirSync(loot).toSorted();
const touch = (name: string) => `copy (select 1) to program 'touch ${join(loot, name)}'`;

/** PL/pgSQL that tries every way back to a superuser, and then to leave its file; it swallows what it is told. */
function steal(name: string): string {
  const attempt = (sql: string) => `begin execute $x$${sql}$x$; exception when others then null; end;`;
  return [
    attempt('reset session authorization'),
    attempt('set session authorization supabase_admin'),
    attempt('reset role'),
    attempt('set role supabase_admin'),
    attempt(touch(name)),
    attempt(`select pg_catalog.lo_export(pg_catalog.lo_from_bytea(0, 'x'), '${join(loot, `${name}-lo`)}')`),
  ].join('\n');
}

const hostile = (name: string, returns: string, rest = '') =>
  `create function public.${name}() returns ${returns} language plpgsql ${rest} as $f$ begin ${steal(name)} return ${
    { trigger: 'new', event_trigger: '', int: '1', boolean: 'true' }[returns] ?? 'null'
  }; end $f$;`;

const HISTORY: Readonly<Record<string, string>> = {
  captured: `create function extensions.format(text, text) returns text language plpgsql as $f$ begin ${steal('captured')} return 'select 1'; end $f$;
    create extension wrappers with schema extensions;`,
  do_block: `do $f$ begin ${steal('do_block')} end $f$;`,
  definition: `do $f$ begin create function pg_temp.system(cstring) returns int language c as 'libc.so.6', 'system'; perform pg_temp.system('touch ${join(loot, 'definition')}');
    exception when others then null; end $f$; do $f$ begin alter role postgres superuser; exception when others then null; end $f$; ${'do $f$ begin '}${steal('definition_later')}${' end $f$'};`,
  plain: `reset session authorization;\n${touch('plain')};`,
  discard: `discard all;\n${touch('discard')};`,
  ends_transaction: `commit;\nset session authorization default;\n${touch('ends_transaction')};`,
  immutable: `${hostile('immutable_int', 'int', 'immutable')} select public.immutable_int(); create view folded as select public.immutable_int() as one;`,
  sign_up: `${hostile('sign_up', 'trigger', 'security definer')} ${hostile('sign_up_invoker', 'trigger')}
    create trigger sign_up after insert or update on auth.users for each row execute function public.sign_up();
    create trigger sign_up_invoker after insert or update on auth.users for each row execute function public.sign_up_invoker();
    create trigger sign_up_always after insert or update on auth.users for each row execute function public.sign_up_invoker();
    alter table auth.users enable always trigger sign_up_always;`,
  row: `${hostile('default_int', 'int')} ${hostile('check_boolean', 'boolean', 'immutable')} ${hostile('generated_int', 'int', 'immutable')} ${hostile('row_trigger', 'trigger')}
    create domain public.checked as int check (public.check_boolean());
    create table public.rows (
      id uuid primary key default gen_random_uuid(), a int default public.default_int(), b int check (public.check_boolean()), title text not null,
      c int generated always as (public.generated_int()) stored, d public.checked, updated_at timestamptz not null default now()
    );
    create index on public.rows ((public.generated_int()));
    create trigger row_trigger before insert or update on public.rows for each row execute function public.row_trigger();
    create trigger row_always before insert or update on public.rows for each row execute function public.row_trigger();
    alter table public.rows enable always trigger row_always;
    create policy mine on public.rows using (public.check_boolean());
    alter table public.rows enable row level security; alter table public.rows force row level security;
    create function public.uses_default(a int default public.immutable_int()) returns int language plpgsql as $f$
      declare found int := public.immutable_int(); begin select count(*) into found from public.rows where public.check_boolean() and a = public.immutable_int(); return found; end $f$;`,
  event_trigger: `${hostile('on_command', 'event_trigger')} ${hostile('on_start', 'event_trigger')} ${hostile('on_drop', 'event_trigger')}
    create event trigger on_command on ddl_command_end execute function public.on_command();
    create event trigger "!first" on ddl_command_end execute function public.on_command();
    create event trigger on_start on ddl_command_start execute function public.on_start();
    create event trigger on_drop on sql_drop execute function public.on_drop();`,
  event_trigger_fired: `create table public.fires (id int primary key); drop table public.fires; create extension citext with schema extensions; create publication wide for all tables;
    create extension pgmq; select pgmq.create('jobs'); select realtime.send('{}', 'event', 'topic', false); drop extension citext;`,
  event_trigger_last: `create event trigger "~~~~" on ddl_command_start execute function public.on_start();`,
  event_trigger_origin: `create function public.back() returns event_trigger language plpgsql as $f$ begin perform set_config('session_replication_role', 'origin', false); end $f$;
    create event trigger "~~back" on ddl_command_start execute function public.back(); create event trigger back on ddl_command_end execute function public.back(); create extension hstore with schema extensions;`,
  event_trigger_always: `create event trigger always on ddl_command_end execute function public.on_command();\nalter event trigger always enable always;`,
  event_trigger_replica: `create event trigger replica on ddl_command_end execute function public.on_command();\nalter event trigger replica enable replica;`,
  guards_dropped: `do $f$ declare e record; begin for e in select evtname from pg_event_trigger where evtname like '%supaready%' loop
      execute format('drop event trigger %I', e.evtname); end loop; exception when others then null; end $f$;`,
  validator: `create function public.validator(text[], oid) returns void language plpgsql as $f$ begin ${steal('validator')} end $f$;
    create foreign data wrapper evil validator public.validator options (a 'b');`,
  no_validator: `create extension postgres_fdw with schema extensions;\ncreate foreign data wrapper loose handler extensions.postgres_fdw_handler;`,
  no_validator_later: `create foreign data wrapper looser;\nalter foreign data wrapper looser handler extensions.postgres_fdw_handler;`,
  stand_in_wrapper: `create extension if not exists wrappers with schema extensions;
    create foreign data wrapper stripe_wrapper handler extensions.stripe_fdw_handler validator extensions.stripe_fdw_validator;
    create server near foreign data wrapper stripe_wrapper options (host '127.0.0.1', dbname 'postgres');
    create user mapping for postgres server near options (user 'supabase_admin', password_required 'false');`,
  unrestricted: `create extension dblink with schema extensions; select extensions.dblink_connect_u('far', 'host=127.0.0.1 user=supabase_admin');`,
  publication_filter: `create domain public.evil_domain as int check (public.check_boolean()); create type public.evil_row as (a public.evil_domain);
    create table public.filtered (id int primary key, r public.evil_row);
    create publication filtered for table public.filtered where (r = '(1)'), tables in schema public;`,
  two_statements: `alter database postgres set standard_conforming_strings = off;
    alter role postgres set standard_conforming_strings = off;
    do $f$ begin execute format('alter database %I set standard_conforming_strings = off', current_database()); execute format('alter database %I set search_path = public', current_database()); end $f$;
    create publication "a" for all tables with (publish = 'insert\\'' ); ${touch('two_statements')}; --');`,
  preload: `do $f$ begin execute format('alter database %I set session_preload_libraries = %L', current_database(), '${join(loot, 'evil.so')}'); end $f$;`,
  preload_plain: `alter database postgres set session_preload_libraries = '${join(loot, 'evil.so')}';`,
  replication_slot: `select pg_create_logical_replication_slot('evil', '${join(loot, 'evil.so')}');`,
  granted_program: `grant pg_execute_server_program to postgres;`,
  granted_program_role: `create role thief in role pg_execute_server_program, pg_write_server_files, pg_read_server_files;`,
  granted_program_again: `alter role pg_execute_server_program nosuperuser;`,
  granted_program_role_set: `set role pg_execute_server_program;`,
  granted_then: `${touch('granted')};`,
  read_file: `select pg_read_file('/etc/passwd');`,
  load: `load '${join(loot, 'evil.so')}';`,
  loopback: `create extension if not exists dblink with schema extensions; create extension if not exists postgres_fdw with schema extensions;
    do $f$ begin
      perform extensions.dblink_exec(format('host=127.0.0.1 port=%s user=supabase_admin password=x dbname=postgres', current_setting('port')), $x$${touch('dblink')}$x$);
    exception when others then null; end $f$;
    do $f$ begin
      create server loop foreign data wrapper postgres_fdw options (host '127.0.0.1', dbname 'postgres');
      execute format('alter server loop options (add port %L)', current_setting('port'));
      create user mapping for postgres server loop options (user 'supabase_admin', password 'x');
      create foreign table public.far (id int) server loop options (table_name 'pg_class');
      perform 1 from public.far;
    exception when others then null; end $f$;`,
  platform_functions: `${hostile('on_platform', 'trigger')}
    create trigger on_messages before insert on realtime.messages for each row execute function public.on_platform();
    select realtime.send('{}', 'event', 'topic', false);
    create extension pg_net with schema extensions;
    create trigger on_queue before insert on net.http_request_queue for each row execute function public.on_platform();
    select net.http_get('http://localhost');`,
  platform_functions_2: `create extension pgsodium; create trigger on_key before insert on pgsodium.key for each row execute function public.on_platform();
    select pgsodium.create_key();`,
  platform_functions_3: `create extension "basejump-supabase_test_helpers"; select tests.create_supabase_user('thief');`,
  foreign_key: `create type public.near as (id uuid);
    create function public.far(public.near) returns uuid language plpgsql as $f$ begin ${steal('foreign_key')} return $1.id; end $f$;
    create cast (public.near as uuid) with function public.far(public.near) as implicit;
    select vault.create_secret('x');
    create table public.secrets (secret_id public.near references vault.secrets (id));
    insert into public.secrets select row(id)::public.near from vault.secrets;`,
  foreign_key_extension: `create extension if not exists pgmq;
    create type public.nearer as (name varchar);
    create function public.farther(public.nearer) returns varchar language plpgsql as $f$ begin ${steal('foreign_key_extension')} return $1.name; end $f$;
    create cast (public.nearer as varchar) with function public.farther(public.nearer) as implicit;
    insert into pgmq.meta (queue_name, is_partitioned, is_unlogged) values ('q', false, false);
    create table public.queues (name public.nearer references pgmq.meta (queue_name));
    insert into public.queues values (row('q')::public.nearer);`,
  hidden_catalogue: `create temp view pg_class as select c.*, public.default_int() from pg_catalog.pg_class c;
    create domain pg_temp.text as pg_catalog.text check (public.check_boolean());
    create table public.after_hidden (id int primary key); comment on table public.after_hidden is 'x';`,
};

const LOGIN = `${hostile('on_login', 'event_trigger')} create event trigger on_login on login execute function public.on_login();`;

function repository(major: number): string {
  const root = join(folder, `repository-${major}`);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const files = {
    ...HISTORY,
    ...(major >= 17 && { login: LOGIN, after_login: 'create table public.after_login (id int);' }),
  };
  Object.entries(files).forEach(([name, text], at) => {
    const stamp = `2024010100${String(at).padStart(4, '0')}`;
    write(`supabase/migrations/${stamp}_${name}.sql`, `${text}\n`);
  });
  const last = `20240102000000_last`;
  write(`supabase/migrations/${last}.sql`, 'create table public.last (id int primary key);');
  write(`supabase/migrations/${last}.down.sql`, `drop table public.last; do $f$ begin ${steal('down')} end $f$;`);
  write(
    'supabase/seed.sql',
    `do $f$ begin ${steal('seed')} end $f$;\nreset session authorization;\n${touch('seed_plain')};`,
  );
  write(
    'supabase/schemas/all.sql',
    `do $f$ begin ${steal('declared')} end $f$; create table public.declared (id int primary key);`,
  );
  return root;
}

describe.each([17, 15])('a hostile history on PostgreSQL %i', (major) => {
  const here = major === 17 || existsSync(`/usr/lib/postgresql/${major}/bin/postgres`);
  let shadow: FromMigrations;
  let facts: Collected;
  let loggedIn: unknown;

  beforeAll(async () => {
    if (!here) return;
    for (const name of taken()) rmSync(join(loot, name));
    const root = repository(major);
    shadow = await prepareFromMigrations({ root, major, keepGoing: true });
    const address = new URL(shadow.url);
    address.username = 'supabase_admin';
    address.password = 'guessed';
    const stranger = new pg.Client({ connectionString: address.href });
    loggedIn = await stranger.connect().catch(({ code }: { code: string }) => code);
    facts = await collectShadow({
      names: FACT_SOURCES.shadow,
      root,
      besideLive: true,
      open: async () => shadow,
      closeAfter: true,
    });
  }, 120_000);

  const failureOf = (name: string) =>
    shadow.replay.failures.find(({ path }) => path.replace(/^.*\/\d+_/, '') === `${name}.sql`) ?? null;

  it.runIf(here)('runs on that server and leaves no file', () => {
    expect(Math.floor(shadow.server.version / 10000)).toBe(major);
    expect(taken()).toEqual([]);
  });

  it.runIf(here)('says of each statement that wants more than role postgres may what PostgreSQL says', () => {
    const denied = [
      'plain',
      'discard',
      'ends_transaction',
      'event_trigger_always',
      'event_trigger_replica',
      'event_trigger_last',
      'validator',
      'no_validator',
      'no_validator_later',
      'stand_in_wrapper',
      'unrestricted',
      'publication_filter',
      'preload',
      'preload_plain',
      'granted_then',
      'read_file',
      'load',
    ];
    expect(Object.fromEntries(denied.map((name) => [name, failureOf(name)?.sqlstate]))).toEqual(
      Object.fromEntries(denied.map((name) => [name, '42501'])),
    );
    for (const name of ['granted_program_role', 'replication_slot', 'two_statements'])
      expect(failureOf(name), name).not.toBeNull();
  });

  it.runIf(here)('lets nobody log in as the superuser who does not know its password', () => {
    expect(loggedIn).toBe('28P01');
  });

  it.runIf(here)('replays what is harmless', () => {
    for (const name of [
      'do_block',
      'immutable',
      'sign_up',
      'row',
      'event_trigger',
      'event_trigger_fired',
      'guards_dropped',
      'loopback',
      'captured',
      'last',
    ])
      expect(failureOf(name), name).toBeNull();
  });

  it.runIf(here)('shows the project’s event triggers and none of ours', () => {
    const catalogue = facts.shadowCatalogue as Extract<CollectedFact<'shadowCatalogue'>, { status: 'ok' }>;
    const names = catalogue.value.eventTriggers.map(({ name }) => name);
    expect(names).toContain('on_command');
    expect(names.filter((name) => name.includes('supaready'))).toEqual([]);
  });

  it.runIf(here)('brings every facet all the same', () => {
    const states = Object.fromEntries(FACT_SOURCES.shadow.map((name) => [name, facts[name]?.status]));
    expect(states).toEqual(Object.fromEntries(FACT_SOURCES.shadow.map((name) => [name, 'ok'])));
  });
});
