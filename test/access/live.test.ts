import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EnvironmentKind } from '../../src/core/check.ts';
import { factSchema } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { collectSnapshot } from '../../src/engine/collect.ts';
import { LIVE_ACCESS } from '../../src/engine/probes.ts';
import { probeLiveAccess } from '../../src/facts/shadow/access/live-probe.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { runCli } from '../helpers/cli.ts';
import { isolatedDatabase, type TestDatabase } from '../helpers/database.ts';
import { stateOf, watchLocks } from '../helpers/database-state.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';
import { contextOn } from '../helpers/shadow-context.ts';
import { observed, truthOf } from './truth.ts';

/* The access matrix of a live database: the same answers as in a copy, and nothing of it stays. */

beforeAll(loadSqlParser);

const schema = (name: string) => readFileSync(new URL(`schemas/${name}.sql`, import.meta.url), 'utf8');

/** Somebody works in the database already. */
const PEOPLE = `insert into auth.users (id, email) select gen_random_uuid(), 'person' || i || '@example.com' from generate_series(1, 5) i;`;

/** What a write sets off and the transaction's end takes back: rows, a notification, a request of pg_net, a message of pgmq. */
const ECHO = `
-- as supabase_admin
create extension if not exists pg_net;
create extension if not exists pgmq;
grant usage on schema net to postgres;
grant all on all tables in schema net to postgres;
select pgmq.create('mails');
grant usage on schema pgmq to postgres;
grant all on all tables in schema pgmq to postgres;
grant all on all sequences in schema pgmq to postgres;
-- as postgres
create table public.outbox (id bigint generated always as identity primary key, what text);
create function public.echo() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.outbox (what) values (tg_op);
  perform pg_notify('echo', tg_op);
  perform net.http_post(url := 'http://localhost:1', body := '{}'::jsonb);
  perform pgmq.send('mails', '{"to": "somebody"}');
  return null;
end $$;`;
const echoOn = (table: string) =>
  `create trigger echo after insert or update or delete on ${table} for each row execute function public.echo();`;

async function admin(database: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.adminUrl, application_name: 'watcher' });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe('a live database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await isolatedDatabase();
  });
  afterAll(() => database.drop());

  async function snapshotFor(kind: EnvironmentKind, consents: readonly string[]) {
    return collectSnapshot({
      target: {
        environment: { name: 'here', kind, source: 'live', target: 'x' },
        databaseUrl: database.url,
        embedded: true,
        projectRef: null,
        shadow: null,
      },
      repository: null,
      migrations: null,
      declared: NOTHING_DECLARED,
      names: new Set(['accessMatrix', 'relations']),
      previous: null,
      consents: new Set(consents),
      now: () => '2026-11-24T12:00:00.000Z',
      clock: () => performance.now(),
    });
  }

  test('gives every cell as a copy does, and is as it was', { timeout: 120_000 }, async () => {
    const sql = schema('membership');
    await database.sql(
      `${sql}\n${PEOPLE}${ECHO}${['public.teams', 'public.tasks', 'auth.users'].map((table) => (table === 'auth.users' ? `-- as supabase_admin\n${echoOn(table)}` : `-- as postgres\n${echoOn(table)}`)).join('\n')}`,
    );
    const client = await admin(database);
    await client.query('alter system set autovacuum = off; ').catch(() => undefined);
    await client.query('select pg_reload_conf()');
    await client.query('vacuum analyze');
    await client.query('listen echo');
    const heard: string[] = [];
    client.on('notification', ({ channel }) => heard.push(channel));
    const before = await stateOf(client);
    const stop = watchLocks(await admin(database), [
      'AccessShareLock',
      'RowShareLock',
      'RowExclusiveLock',
      'ExclusiveLock',
    ]);
    const fact = await probeLiveAccess({ url: database.url, access: {}, signal: undefined, onProgress: undefined });
    const locks = await stop();
    const after = await stateOf(client);

    expect(fact.status === 'ok' ? null : fact.reason).toBeNull();
    if (fact.status !== 'ok') return;
    const matrix = fact.value;
    expect(matrix.live).toBe(true);
    expect(factSchema('accessMatrix').parse(matrix)).toEqual(matrix);
    const seen = observed(matrix);
    const truth = truthOf(
      sql,
      matrix.personas.map(({ name }) => name),
    );
    expect(Object.fromEntries([...truth.keys()].map((key) => [key, seen.get(key) ?? 'absent']))).toEqual(
      Object.fromEntries(truth),
    );

    // Sequences have drawn, a transaction had its number, and dead rows wait for vacuum; what is there is what was there.
    const changed = [...after].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name);
    expect(changed.filter((name) => name !== 'next transaction' && !name.endsWith('_seq'))).toEqual([]);
    // The triggers ran: else there was nothing to take back.
    expect(changed).toEqual(expect.arrayContaining(['next transaction', 'public.outbox_id_seq']));
    expect(heard).toEqual([]);
    // An ExclusiveLock is a transaction's own number alone.
    expect(locks.beyond).toEqual([]);
    expect(JSON.stringify(matrix)).not.toMatch(/@example|5ead/);
  });

  test('is tried on consent only, and on production not even then', { timeout: 120_000 }, async () => {
    const live = async (kind: EnvironmentKind, consents: string[]) => {
      const { facts } = await snapshotFor(kind, consents);
      return facts.accessMatrix?.status === 'ok'
        ? (facts.accessMatrix.value.live ?? false)
        : facts.accessMatrix?.status;
    };
    expect(await live('staging', [])).toBe('absent');
    expect(await live('staging', ['amcheck'])).toBe('absent');
    expect(await live('production', [LIVE_ACCESS])).toBe('absent');
    expect(await live('staging', [LIVE_ACCESS])).toBe(true);
    const asked = await runCli(
      [
        'check',
        LIVE_ACCESS,
        '--db-url',
        database.url,
        '--kind',
        'production',
        '--allow-probe',
        LIVE_ACCESS,
        '--format',
        'json',
      ],
      { env: { SUPAREADY_BY: 'Ada <ada@example.test>' } },
    );
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('refused on production')]);
  });

  test('waits for no lock: what somebody holds is left alone', { timeout: 120_000 }, async () => {
    const holder = await admin(database);
    await holder.query('begin; lock table public.tasks in access exclusive mode');
    const started = Date.now();
    const fact = await probeLiveAccess({ url: database.url, access: {}, signal: undefined, onProgress: undefined });
    await holder.query('rollback');
    expect(Date.now() - started).toBeLessThan(60_000);
    expect(fact.status === 'ok' ? 'ok' : fact.reason).toMatch(/^ok$|lock/);
  });

  test.each([
    [
      'an HTTP request that is sent at once',
      `create function public.effect() returns trigger language plpgsql as $$ begin perform extensions.http_get('http://localhost:1'); return null; end $$;`,
      /"?effect"? on public\.effects calls http_get\(\)/,
    ],
    [
      'SQL put together at run time',
      `create function public.effect() returns trigger language plpgsql as $$ begin execute 'select ' || new.id; return null; end $$;`,
      /put together at run time/,
    ],
    [
      'a helper that reaches another server',
      `create function public.far() returns void language plpgsql as $$ begin perform extensions.dblink('host=x', 'select 1'); end $$; create function public.effect() returns trigger language plpgsql as $$ begin perform public.far(); return null; end $$;`,
      /calls public\.far\(\), which calls dblink\(\)/,
    ],
    [
      'a sequence that is set',
      `create sequence public.counter; create function public.effect() returns trigger language plpgsql as $$ begin perform setval('public.counter', 7); return null; end $$;`,
      /calls setval\(\)/,
    ],
  ])('is refused where a trigger does what no rollback undoes: %s', { timeout: 60_000 }, async (_, sql, reason) => {
    await database.sql(
      `create table public.effects (id int primary key); ${sql} create trigger effect after insert on public.effects for each row execute function public.effect();`,
    );
    const { facts } = await snapshotFor('staging', [LIVE_ACCESS]);
    await database.sql(
      'drop table public.effects; drop function public.effect(); drop function if exists public.far(); drop sequence if exists public.counter;',
    );
    expect(facts.accessMatrix).toMatchObject({ status: 'absent', reason: expect.stringMatching(reason) });
  });
});

describe('the access matrix of a live database', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startServer({
      directory: mkdtempSync(join(tmpdir(), 'supaready-live-')),
      ephemeral: true,
      baseline: true,
    });
  });
  afterAll(() => server?.stop());

  const files = readdirSync(new URL('schemas/', import.meta.url)).filter((file) => file.endsWith('.sql'));
  test.each(files)('%s', { timeout: 60_000 }, async (file) => {
    const sql = schema(file.replace('.sql', ''));
    const { shadow } = await contextOn(server, `live_${file.replace('.sql', '').replaceAll('-', '_')}`, sql);
    const fact = await probeLiveAccess({ url: shadow.url, access: {}, signal: undefined, onProgress: undefined });
    expect(fact.status === 'ok' ? null : fact.reason).toBeNull();
    if (fact.status !== 'ok') return;
    const seen = observed(fact.value);
    const truth = truthOf(
      sql,
      fact.value.personas.map(({ name }) => name),
    );
    // What would have to be refreshed first is left alone, and says so.
    const tried = [...truth.keys()].filter((key) => truth.get(key)?.includes('?') || !seen.get(key)?.includes('?'));
    expect(tried.length).toBeGreaterThan(0);
    expect(Object.fromEntries(tried.map((key) => [key, seen.get(key) ?? 'absent']))).toEqual(
      Object.fromEntries(tried.map((key) => [key, truth.get(key)])),
    );
    if (file !== 'materialized.sql') expect(tried).toHaveLength(truth.size);
  });
});
