import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FactName } from '../../src/core/facts.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { collectShadow } from '../../src/facts/shadow/collect.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';
import { serverOf } from '../../src/facts/shadow/same-server.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';

let folder: string;
let root: string;
let server: PostgresServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'supaready-url-'));
  root = join(folder, 'repository');
  mkdirSync(join(root, 'supabase/migrations'), { recursive: true });
  writeFileSync(
    join(root, 'supabase/migrations/20240101000000_a.sql'),
    'create table t (a int); create role reporting; grant reporting to authenticated; create extension pg_cron;',
  );
  // Like a user's own: no baseline, a role with settings of its own.
  server = await startServer({ directory: join(folder, 'server'), ephemeral: true });
  await onServer(
    `create role anon nologin; alter role anon set statement_timeout = '7s'; alter role anon set search_path = "a b", public`,
  );
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function onServer(sql: string, database = 'postgres'): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url(database, 'supabase_admin') });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const STATE = `select (select array_agg(datname::text order by datname) from pg_database) as databases,
  (select array_agg(rolname::text order by rolname) from pg_roles where rolname !~ '^pg_') as roles,
  (select array_agg(setrole::regrole || ' ' || setconfig::text order by setrole) from pg_db_role_setting) as settings,
  (select count(*)::int from pg_auth_members) as members`;

describe('--shadow-url', () => {
  it('leaves a superuser’s server as it was: no database, no role, no setting, no membership of ours', async () => {
    const before = await onServer(STATE);
    const prepared = await prepareFromMigrations({ root, shadowUrl: server.url('postgres', 'supabase_admin') });
    expect(prepared.replay.failures).toEqual([]);
    expect(await onServer(STATE)).not.toEqual(before);
    await prepared.close();
    expect(await onServer(STATE)).toEqual(before);
  });

  function collect(names: readonly FactName[], sql: string, shadowUrl: string, signal?: AbortSignal) {
    const repository = mkdtempSync(join(folder, 'repeated-'));
    mkdirSync(join(repository, 'supabase/migrations'), { recursive: true });
    writeFileSync(join(repository, 'supabase/migrations/20240101000000_a.sql'), sql);
    return collectShadow({
      names,
      root: repository,
      besideLive: false,
      open: () => prepareFromMigrations({ root: repository, shadowUrl, ...(signal && { signal }) }),
      closeAfter: true,
      ...(signal && { signal }),
    });
  }
  const RANDOM = `create table kept (id int); do $$ begin execute format('create table t_%s ()', substr(md5(random()::text), 1, 8)); end $$;`;

  it('replays a second time in a second database, and leaves neither', async () => {
    const before = await onServer(STATE);
    const { replayTwice } = await collect(['replayTwice'], RANDOM, server.url('postgres', 'supabase_admin'));
    expect(replayTwice).toMatchObject({ status: 'ok', value: { failures: [], total: 2 } });
    expect(await onServer(STATE)).toEqual(before);
  });

  it('does not where the migrations make roles, which the second replay would meet', async () => {
    const before = await onServer(STATE);
    const sql = 'create role nightly; create table t ()';
    const { replayTwice } = await collect(['replayTwice'], sql, server.url('postgres', 'supabase_admin'));
    expect(replayTwice).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('make or drop roles (nightly)'),
    });
    expect(await onServer(STATE)).toEqual(before);
  });

  it('leaves nothing when it is stopped during the second replay', async () => {
    const before = await onServer(STATE);
    const controller = new AbortController();
    // Only the second replay sleeps: its clock is 400 days ahead.
    const sql = `do $$ begin if now() > '${new Date(Date.now() + 86_400_000).toISOString()}' then perform pg_sleep(60); end if; end $$;`;
    const running = collect(['replayTwice'], sql, server.url('postgres', 'supabase_admin'), controller.signal);
    const asleep = `select from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`;
    for (let tries = 0; tries < 200 && (await onServer(asleep)).length === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 200));
    controller.abort();
    await expect(running).rejects.toThrow();
    expect(await onServer(STATE)).toEqual(before);
  });

  it('is never the server of the audited database', async () => {
    const running = prepareFromMigrations({
      root,
      shadowUrl: server.url('postgres', 'supabase_admin'),
      audited: server.url('another').replace('127.0.0.1', 'localhost'),
    });
    await expect(running).rejects.toMatchObject({ code: 'shadow-is-audited', exitCode: 2 });
  });

  it('tells servers apart by host and port, and hosted ones by project', () => {
    const ref = 'abcdefghijklmnopqrst';
    expect(serverOf(`postgres://postgres:x@db.${ref}.supabase.co:5432/postgres`)).toBe(
      serverOf(`postgresql://postgres.${ref}:y@aws-0-eu-central-1.pooler.supabase.com:6543/postgres`),
    );
    expect(serverOf('postgres://a@LOCALHOST/x')).toBe(serverOf('postgres://b@127.0.0.1:5432/y'));
    expect(serverOf('postgres://a@127.0.0.1:5432/x')).not.toBe(serverOf('postgres://a@127.0.0.1:5433/x'));
    expect(serverOf('nonsense')).toBeNull();
  });

  it('refuses a plain database to whom is no superuser, and a Supabase database in use', async () => {
    await onServer('create role small login');
    await expect(prepareFromMigrations({ root, shadowUrl: server.url('postgres', 'small') })).rejects.toMatchObject({
      code: 'shadow-no-superuser',
    });
    await onServer('drop role small');
    await server.createDatabase('hosted', await ensureBaseline(server));
    await onServer(`insert into auth.users (id) values (gen_random_uuid())`, 'hosted');
    await expect(prepareFromMigrations({ root, shadowUrl: server.url('hosted') })).rejects.toMatchObject({
      code: 'shadow-not-empty',
    });
    await onServer('delete from auth.users; create schema shop; create table shop.orders (id int)', 'hosted');
    await expect(prepareFromMigrations({ root, shadowUrl: server.url('hosted') })).rejects.toMatchObject({
      code: 'shadow-not-empty',
    });
    await onServer('drop schema shop cascade', 'hosted');
    const prepared = await prepareFromMigrations({ root, shadowUrl: server.url('hosted') });
    expect(prepared.replay.failures).toEqual([]);
    await prepared.close();
  });
});
