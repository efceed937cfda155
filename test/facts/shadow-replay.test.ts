import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { shadowCatalogue } from '../../src/facts/shadow/catalogue.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';
import { regimesOf } from '../../src/facts/shadow/grants-regime.ts';
import { type ReplayOptions, type ReplayResult, replayMigrations } from '../../src/facts/shadow/replay.ts';
import type { Files } from '../checks/fixture.ts';
import { freshDatabase, type TestDatabase, testServer } from '../helpers/database.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function repository(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'supaready-replay-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    if (text === null) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

interface Replayed {
  result: ReplayResult;
  database: TestDatabase;
  rows(sql: string): Promise<unknown[]>;
}

async function replay(files: Files, options: Partial<ReplayOptions> = {}): Promise<Replayed> {
  const name = `replay_${Math.random().toString(36).slice(2)}`;
  const database = await freshDatabase(name);
  cleanups.push(() => database.drop());
  const result = await replayMigrations({ server: testServer(), database: name, root: repository(files), ...options });
  const rows = async (sql: string) => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return { result, database, rows };
}

const SUPABASE = 'supabase/migrations';

describe('replay of a Supabase repository', () => {
  it('applies the files in order, as role postgres, each in a session like new', async () => {
    const { result, rows } = await replay({
      [`${SUPABASE}/20240102000000_second.sql`]: `create table seen (role text default current_user, path text default current_setting('search_path'), n int references first);
        insert into seen values (default, default, 1);`,
      [`${SUPABASE}/20240101000000_first.sql`]: `set search_path = ''; set statement_timeout = 0; create temp table leftover (id int); create table public.first (n int primary key); insert into public.first values (1);`,
      [`${SUPABASE}/README.md`]: 'not a migration',
      [`${SUPABASE}/draft.sql`]: 'select broken',
      'supabase/config.toml': 'project_id = "x"',
    });
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ tool: 'supabase', directory: SUPABASE, regime: 'legacy', shims: [], assumed: [] });
    expect(result.applied.map(({ path, statements }) => [path, statements])).toEqual([
      [`${SUPABASE}/20240101000000_first.sql`, 5],
      [`${SUPABASE}/20240102000000_second.sql`, 2],
    ]);
    expect(await rows('select role, path from seen')).toEqual([
      { role: 'postgres', path: '"$user", public, extensions' },
    ]);
    expect(await rows('select version, name from supabase_migrations.schema_migrations order by 1')).toEqual([
      { version: '20240101000000', name: 'first' },
      { version: '20240102000000', name: 'second' },
    ]);
  });

  it('names file, line and SQLSTATE of a failure, rolls that file back and stops', async () => {
    const files = {
      [`${SUPABASE}/1_ok.sql`]: 'create table kept (id int);',
      [`${SUPABASE}/2_bad.sql`]: `-- comment\ncreate table gone (id int);\n\ninsert into gone\n  values (1), ('x',\n 2);\n`,
      [`${SUPABASE}/3_next.sql`]: 'create table never (id int);',
    };
    const { result, rows } = await replay(files);
    expect(result.applied.map(({ path }) => path)).toEqual([`${SUPABASE}/1_ok.sql`]);
    expect(result.failures).toMatchObject([
      { path: `${SUPABASE}/2_bad.sql`, line: 5, sqlstate: '42601', consequent: false },
    ]);
    expect(result.failures[0]?.hint).toMatch(/syntax/);
    expect(
      await rows(
        `select to_regclass('kept') is not null as kept, to_regclass('gone') as gone, to_regclass('never') as never`,
      ),
    ).toEqual([{ kept: true, gone: null, never: null }]);

    const kept = await replay(
      { ...files, [`${SUPABASE}/4_uses.sql`]: 'alter table gone add column b int;' },
      { keepGoing: true },
    );
    expect(kept.result.applied.map(({ path }) => path)).toEqual([`${SUPABASE}/1_ok.sql`, `${SUPABASE}/3_next.sql`]);
    expect(kept.result.failures.map(({ path, sqlstate, consequent }) => [path, sqlstate, consequent])).toEqual([
      [`${SUPABASE}/2_bad.sql`, '42601', false],
      [`${SUPABASE}/4_uses.sql`, '42P01', true],
    ]);
  });

  it('runs statements as one after another, though they are sent together', async () => {
    const first = await replay({
      [`${SUPABASE}/1_x.sql`]:
        'create table t (n int); -- one\ninsert into t values (1) -- two\n;\nselect 1 / 0;\nselec 2;',
    });
    expect(first.result.failures).toMatchObject([{ line: 4, sqlstate: '22012' }]);

    const { result, rows } = await replay({
      [`${SUPABASE}/1_x.sql`]: `create table t (a text, b int);
        set standard_conforming_strings = off; set escape_string_warning = off;
        insert into t values ('a\\\\b', 1); select set_config('standard_conforming_strings', 'on', false); insert into t values ('a\\\\b', 2);`,
    });
    expect(result.failures).toEqual([]);
    expect(result.applied).toMatchObject([{ statements: 6 }]);
    expect(await rows('select length(a) from t order by b')).toEqual([{ length: 3 }, { length: 4 }]);
  });

  it('shows errors of ownership as hosted Supabase does', async () => {
    const { result } = await replay({ [`${SUPABASE}/1_x.sql`]: 'select 1;\nalter role postgres superuser;' });
    expect(result.failures).toMatchObject([{ line: 2, sqlstate: '42501' }]);
  });

  it('runs what PostgreSQL refuses in a transaction outside it', async () => {
    const { result, rows } = await replay({
      [`${SUPABASE}/1_t.sql`]: `create table t (a int, b int);\ncreate index concurrently t_a on t (a);\ncreate index concurrently t_b on t (b);\ndrop index concurrently t_b;\nvacuum t;\nreindex index concurrently t_a;`,
      [`${SUPABASE}/2_own.sql`]: `begin;\ncreate table u (a int);\ncommit;\ncreate table v (a int);`,
    });
    expect(result.failures).toEqual([]);
    expect(await rows(`select indexname from pg_indexes where tablename = 't'`)).toEqual([{ indexname: 't_a' }]);
  });

  it('lets a file use the enum value it adds', async () => {
    const { result } = await replay({
      [`${SUPABASE}/1_e.sql`]: `create type mood as enum ('ok'); create table m (mood mood);`,
      [`${SUPABASE}/2_e.sql`]: `alter type mood add value 'great'; insert into m values ('great');`,
    });
    expect(result.failures).toEqual([]);
  });

  it('does what supautils lets postgres do: event triggers, wrappers, publications, policies on platform tables', async () => {
    const { result, rows } = await replay({
      [`${SUPABASE}/1_p.sql`]: `
        create function public.watch() returns event_trigger language plpgsql as $$ begin end $$;
        create event trigger watch on ddl_command_end execute function public.watch();
        create extension wrappers with schema extensions;
        create foreign data wrapper stripe_wrapper handler stripe_fdw_handler validator stripe_fdw_validator;
        create server stripe_server foreign data wrapper stripe_wrapper options (api_key_id 'x');
        create publication everything for all tables;
        insert into storage.buckets (id, name) values ('avatars', 'avatars') on conflict do nothing;
        do $$ begin
          if not exists (select from pg_policies where policyname = 'read') then
            create policy "read" on storage.objects for select using (bucket_id = 'avatars');
          end if;
        end $$;
        alter table storage.objects enable row level security;
        delete from storage.buckets where id = 'avatars';
      `,
    });
    expect(result.failures).toEqual([]);
    expect(result.shims).toEqual(['wrappers']);
    expect(
      await rows(`select tablename from pg_policies where schemaname = 'storage' and policyname = 'read'`),
    ).toEqual([{ tablename: 'objects' }]);
    expect(await rows('select current_user, session_user')).toEqual([
      { current_user: 'postgres', session_user: 'postgres' },
    ]);
  });

  it('sets parameters of database postgres as its owner may, and says what to do about the others', async () => {
    const { result } = await replay({
      [`${SUPABASE}/1_d.sql`]: `alter database postgres set statement_timeout = '60s'; alter database postgres set pgrst.db_schemas = 'public';
        alter database postgres reset statement_timeout; alter database postgres reset pgrst.db_schemas;`,
      [`${SUPABASE}/2_d.sql`]: `alter database postgres set "app.settings.secret" = 'x';`,
    });
    expect(result.failures).toMatchObject([
      { path: `${SUPABASE}/2_d.sql`, sqlstate: '42501', hint: expect.stringContaining('Vault') },
    ]);
  });

  it('fires the project’s event triggers as role postgres, but for what an extension brings', async () => {
    const { result, rows } = await replay({
      [`${SUPABASE}/1_e.sql`]: `
        create table public.noted (n serial, tag text, who text);
        create function public.note() returns event_trigger language plpgsql as $$ begin insert into public.noted (tag, who) values (tg_tag, current_user); end $$;
        create event trigger note on ddl_command_end execute function public.note();
        create table public.one (id int);`,
      [`${SUPABASE}/2_e.sql`]: `create extension if not exists pgcrypto with schema extensions;
        create extension pg_trgm with schema extensions version '1.4';
        alter extension pg_trgm update;
        do $$ begin create extension no_such_thing; exception when others then null; end $$;
        create view public.two as select 1 as one;
        select pgmq.create('jobs');`,
    });
    expect(result.failures).toEqual([]);
    expect(await rows('select tag, who from public.noted order by n')).toEqual([
      { tag: 'CREATE TABLE', who: 'postgres' },
      { tag: 'CREATE VIEW', who: 'postgres' },
      { tag: 'CREATE TABLE', who: 'postgres' },
      { tag: 'CREATE TABLE', who: 'postgres' },
    ]);
  });

  it('tries a file again from where it was committed', async () => {
    const { result } = await replay({
      [`${SUPABASE}/1_e.sql`]: `create type mood as enum ('ok');
        create function public.watch() returns event_trigger language plpgsql as $$ begin end $$;
        create event trigger watch on ddl_command_end execute function public.watch();
        alter type mood add value 'great';
        create table public.moods (mood mood default 'great');
        create publication everything for all tables;
        select cron.schedule('x', '* * * * *', 'select 1');`,
    });
    expect(result.failures).toEqual([]);
    expect(result.assumed).toEqual(['pg_cron']);
  });

  it('stands in for extensions the machine lacks, whatever version and storage parameters are asked for', async () => {
    const { result } = await replay({
      [`${SUPABASE}/1_v.sql`]: `
        create extension if not exists vector with schema extensions version '0.5.1';
        create extension if not exists "pg_cron" schema pg_catalog;
        create extension if not exists pg_graphql with schema extensions;
        create table docs (id bigint primary key, embedding vector(1536));
        create index on docs using hnsw (embedding vector_cosine_ops) with (m = 16, ef_construction = 64);
        create index on docs using ivfflat (embedding vector_l2_ops) with (lists = 100) where id > 0;
        select cron.schedule('x', '* * * * *', $$select 1$$);
        alter extension vector update to '0.8.0';`,
      [`${SUPABASE}/2_n.sql`]: `select net.http_post('http://localhost'); create table places (p extensions.geography(point));`,
    });
    expect(result.failures).toEqual([]);
    expect(result.shims).toEqual(['pg_cron', 'pg_graphql', 'pg_net', 'postgis', 'vector']);
    expect(result.assumed).toEqual(['pg_net', 'postgis']);
  });

  it('lets a migration drop or describe what every hosted project has or had', async () => {
    const { result } = await replay({
      [`${SUPABASE}/1_d.sql`]: `drop extension pg_graphql;\ncomment on extension pgcrypto is 'cryptographic functions';\ndrop extension "uuid-ossp";`,
    });
    expect(result.failures).toEqual([]);
    expect(result.assumed).toEqual(['pg_graphql']);
  });

  it('says of an extension nobody has what to do', async () => {
    const { result } = await replay({ [`${SUPABASE}/1_v.sql`]: 'create extension no_such_thing;' });
    expect(result.failures).toMatchObject([{ sqlstate: '0A000', line: 1 }]);
    expect(result.failures[0]?.hint).toMatch(/--shadow-url/);
  });

  it('runs roles.sql first', async () => {
    const role = `reader_${Math.random().toString(36).slice(2)}`;
    const { result } = await replay({
      'supabase/roles.sql': `create role ${role};`,
      [`${SUPABASE}/1_t.sql`]: `create table t (a int); grant select on t to ${role};`,
    });
    expect(result.failures).toEqual([]);
    expect(result.applied.map(({ path }) => path)).toEqual(['supabase/roles.sql', `${SUPABASE}/1_t.sql`]);
  });

  it('stops a statement that runs too long, also when the file lifts the limit', async () => {
    const { result } = await replay(
      { [`${SUPABASE}/1_t.sql`]: 'set statement_timeout = 0;\nselect pg_sleep(60);' },
      { statementTimeoutMs: 300 },
    );
    expect(result.failures).toMatchObject([{ line: 2, sqlstate: '57014' }]);
  });

  it('can be cancelled in the middle of a statement', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    await expect(
      replay({ [`${SUPABASE}/1_t.sql`]: 'select pg_sleep(60);' }, { signal: controller.signal }),
    ).rejects.toThrow(/abort/i);
  });

  it('keeps secrets out of messages', async () => {
    const key = ['sb', 'secret', 'N7UND0UgjKTVK'.padEnd(30, 'x')].join('_');
    const { result } = await replay({ [`${SUPABASE}/1_t.sql`]: `select '${key}'::int;` });
    expect(JSON.stringify(result.failures)).not.toContain(key);
  });

  it('finds the folder of a monorepo', async () => {
    const { result } = await replay({
      'apps/web/supabase/migrations/20240101000000_a.sql': 'create table t (a int);',
      'apps/web/supabase/config.toml': '',
    });
    expect(result).toMatchObject({ tool: 'supabase', directory: 'apps/web/supabase/migrations', failures: [] });
  });

  it('reports progress and survives an empty repository', async () => {
    const seen: [string, number, number][] = [];
    await replay(
      { [`${SUPABASE}/1_a.sql`]: 'select 1;', [`${SUPABASE}/2_b.sql`]: '-- empty' },
      { onFile: (path, done, total) => seen.push([path, done, total]) },
    );
    expect(seen).toEqual([
      [`${SUPABASE}/1_a.sql`, 0, 2],
      [`${SUPABASE}/2_b.sql`, 1, 2],
    ]);
    const { result } = await replay({ 'README.md': 'nothing' });
    expect(result).toMatchObject({ tool: null, directory: null, applied: [], failures: [] });
  });
});

describe('default grants', () => {
  const files = {
    [`${SUPABASE}/20250101000000_old.sql`]: 'create table old (id serial primary key);',
    [`${SUPABASE}/20261101000000_new.sql`]:
      'create table new (id serial primary key); create function public.f() returns int language sql as $$ select 1 $$;',
  };
  const granted = `select has_table_privilege('anon', 'old', 'select') as old, has_table_privilege('anon', 'new', 'select') as new`;

  it('follow the platform’s history by time stamp', async () => {
    const { result, rows } = await replay(files);
    expect(result.regime).toBe('mixed');
    expect(await rows(granted)).toEqual([{ old: true, new: false }]);
    expect(
      await rows(
        `select has_table_privilege('service_role', 'new', 'select') as t, has_sequence_privilege('anon', 'new_id_seq', 'usage') as s`,
      ),
    ).toEqual([{ t: false, s: false }]);
  });

  it('can be set', async () => {
    expect(await (await replay(files, { grants: 'legacy' })).rows(granted)).toEqual([{ old: true, new: true }]);
    expect(await (await replay(files, { grants: 'closed' })).rows(granted)).toEqual([{ old: false, new: false }]);
  });

  it('obey [api].auto_expose_new_tables', async () => {
    const closed = await replay({ ...files, 'supabase/config.toml': '[api]\nauto_expose_new_tables = false\n' });
    expect(await closed.rows(granted)).toEqual([{ old: false, new: false }]);
    const open = await replay({ ...files, 'supabase/config.toml': '[api]\nauto_expose_new_tables = true\n' });
    expect(await open.rows(granted)).toEqual([{ old: true, new: true }]);
  });

  it('are closed from the start for projects of after 30 May 2026', () => {
    expect(regimesOf(['20260601000000', null, '20261201000000'], 'auto', null)).toEqual(['closed', 'closed', 'closed']);
    expect(regimesOf([null, '20260501000000', '20260601000000', null, '20261030000000'], 'auto', null)).toEqual([
      'legacy',
      'legacy',
      'legacy',
      'legacy',
      'closed',
    ]);
    expect(regimesOf([null, null], 'auto', null)).toEqual(['legacy', 'legacy']);
  });
});

describe('other tools', () => {
  it('Prisma: its own table is there before the first migration', async () => {
    const { result, rows } = await replay({
      'prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
      'prisma/migrations/20230102000000_rls/migration.sql':
        'ALTER TABLE "_prisma_migrations" ENABLE ROW LEVEL SECURITY;\nALTER TABLE "User" ENABLE ROW LEVEL SECURITY;',
      'prisma/migrations/20230101000000_init/migration.sql': 'CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY);',
    });
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ tool: 'prisma', directory: 'prisma/migrations' });
    expect(await rows('select migration_name from _prisma_migrations order by 1')).toEqual([
      { migration_name: '20230101000000_init' },
      { migration_name: '20230102000000_rls' },
    ]);
  });

  it('Drizzle: the journal’s order, statements cut at its marker', async () => {
    const { result, rows } = await replay({
      'drizzle/meta/_journal.json': JSON.stringify({
        entries: [
          { idx: 0, tag: '0000_zebra', when: 1_700_000_000_000 },
          { idx: 1, tag: '0001_ant', when: 1_796_000_000_000 },
        ],
      }),
      'drizzle/0001_ant.sql':
        'ALTER TABLE "a" ADD COLUMN "c" int\n--> statement-breakpoint\nCREATE TABLE "later" ("id" int)',
      'drizzle/0000_zebra.sql':
        'CREATE TABLE "a" ("b" int)\n--> statement-breakpoint\nCREATE POLICY "p" ON "a" AS PERMISSIVE FOR SELECT TO "authenticated" USING (true);',
    });
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ tool: 'drizzle', directory: 'drizzle', regime: 'mixed' });
    expect(
      await rows(
        `select has_table_privilege('anon', 'a', 'select') as a, has_table_privilege('anon', 'later', 'select') as later`,
      ),
    ).toEqual([{ a: true, later: false }]);
  });

  it('a folder of SQL files that is named', async () => {
    const { result } = await replay(
      { 'db/sql/002_b.sql': 'alter table t add b int;', 'db/sql/001_a.sql': 'create table t (a int);' },
      { migrations: 'db/sql' },
    );
    expect(result).toMatchObject({ tool: 'sql', directory: 'db/sql', failures: [] });
  });
});

describe('prepareFromMigrations', () => {
  it('brings a database of its own, and leaves nothing', async () => {
    const root = repository({ [`${SUPABASE}/20240101000000_a.sql`]: 'create table t (a int);' });
    const [one, two] = await Promise.all([prepareFromMigrations({ root }), prepareFromMigrations({ root })]);
    expect(one.replay.applied).toHaveLength(1);
    const client = new pg.Client({ connectionString: two.url });
    await client.connect();
    expect((await client.query('select current_user, count(*)::int as rows from t group by 1')).rows).toEqual([]);
    await client.end();
    await one.close();
    await one.close();
    await two.close();
    await expect(new pg.Client({ connectionString: two.url }).connect()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('two replays of the same files read alike, though the copies have other names', async () => {
    const root = repository({
      [`${SUPABASE}/20240101000000_a.sql`]: `create extension pg_cron; select cron.schedule('sweep', '0 3 * * *', 'select 1'); do $$ begin execute format('alter database %I set statement_timeout = ''60s''', current_database()); end $$;`,
    });
    const read = async () => {
      const shadow = await prepareFromMigrations({ root });
      cleanups.push(() => shadow.close());
      return shadowCatalogue({ shadow, root });
    };
    const one = await read();
    expect(one.cronJobs).toHaveLength(1);
    expect(one.roleSettings.filter(({ database, role }) => database !== null && role === null)).toHaveLength(1);
    expect(await read()).toEqual(one);
  });

  it('uses the user’s own server when named, and takes its database away again', async () => {
    const root = repository({ [`${SUPABASE}/20240101000000_a.sql`]: 'create table t (a int);' });
    const shadowUrl = testServer().url('postgres', 'supabase_admin');
    const prepared = await prepareFromMigrations({ root, shadowUrl });
    expect(prepared.replay.failures).toEqual([]);
    await prepared.close();
    const admin = new pg.Client({ connectionString: shadowUrl });
    await admin.connect();
    expect(
      (await admin.query('select from pg_database where datname = $1', [new URL(prepared.url).pathname.slice(1)]))
        .rowCount,
    ).toBe(0);
    await admin.end();
  });

  it('replays straight into an empty Supabase database, and refuses one with tables', async () => {
    const root = repository({ [`${SUPABASE}/20240101000000_a.sql`]: 'create table t (a int);' });
    const database = await freshDatabase();
    cleanups.push(() => database.drop());
    const prepared = await prepareFromMigrations({ root, shadowUrl: database.url });
    expect(prepared.replay.failures).toEqual([]);
    await prepared.close();
    await expect(prepareFromMigrations({ root, shadowUrl: database.url })).rejects.toMatchObject({
      code: 'shadow-not-empty',
    });
  });
});
