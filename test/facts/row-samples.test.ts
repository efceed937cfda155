import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collected, CollectedFact, FactName, Facts } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { collectData } from '../../src/facts/postgres/collect-data.ts';
import { sampleSql } from '../../src/facts/postgres/data/sample-sql.ts';
import type { DataOptions } from '../../src/facts/postgres/data/scan.ts';
import { isCondition, relationOf } from '../../src/facts/postgres/data/seeds.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { debianPostgres15, freshDatabase, runScript, type TestDatabase } from '../helpers/database.ts';

const NEEDED: readonly FactName[] = ['database', 'relations', 'columns', 'constraints', 'tableStats'];
const CARD = '4539 1488 0343 6467';

type Samples = Facts['columnSamples'];

async function sample(url: string, options: Partial<DataOptions> = {}): Promise<CollectedFact<'columnSamples'>> {
  const catalogue = await collectCatalogue({ url, names: NEEDED });
  const facts = await collectData({ url, names: ['columnSamples'], catalogue, previousCounts: null, ...options });
  return facts.columnSamples as CollectedFact<'columnSamples'>;
}

function ok(fact: CollectedFact<'columnSamples'>): { value: Samples; hidden: string[] } {
  if (fact.status !== 'ok') throw new Error(fact.reason);
  return fact;
}

const of = (samples: Samples, table: string) => samples.tables.find((row) => row.table === table);

/** What detectors found, by column: `{ note: { card: 3 } }`. */
function counts(samples: Samples, table: string) {
  return Object.fromEntries(
    (of(samples, table)?.found ?? []).map(({ column, hits }) => [
      column,
      Object.fromEntries(hits.map(({ detector, values }) => [detector, values])),
    ]),
  );
}

const WIDE = Array.from({ length: 1598 }, (_, at) => `c${at} text`).join(', ');
const SCHEMA = `
create domain public.sentence as text;
create domain public.short_sentence as public.sentence;
create table public.kinds (id int primary key, a text, b varchar(90), c char(60), d json, e jsonb, f text[], g public.short_sentence, h xml, i bigint, card_number bigint, j bytea, k uuid, l text);
insert into public.kinds values
  (1, 'card ${CARD}', 'card ${CARD}', '${CARD}', '{"note":"x\\n${CARD}"}', '{"card":"${CARD}"}', array['a','${CARD}'], 'card ${CARD}', '<a>card ${CARD}</a>', 4539148803436467, 4539148803436467, 'card ${CARD}', gen_random_uuid(), null);
create table public.wide (id int, ${WIDE}, last text);
insert into public.wide (id, c0, c1500, last) values (1, '${CARD}', '${CARD}', '${CARD}');
create table public.nothing ();
insert into public.nothing default values;
create table public."we""ird '; drop table kinds; -- 🔑" ("co""l'umn; 🔑" text);
insert into public."we""ird '; drop table kinds; -- 🔑" values ('${CARD}');
create table public.parts (at int not null, note text) partition by range (at);
create table public.parts_a partition of public.parts for values from (0) to (10);
create table public.parts_b partition of public.parts for values from (10) to (20);
insert into public.parts select n, '${CARD}' from generate_series(5, 14) n;
create table public.narrow (note text);
insert into public.narrow select case when n > 59000 then 'card ${CARD}' else 'row ' || n end from generate_series(1, 60000) n;
create table public.sparse (note text);
insert into public.sparse select repeat('x', 500) from generate_series(1, 20000);
insert into public.sparse values ('${CARD}');
delete from public.sparse where note like 'x%';
create table public.long (note text, big jsonb);
insert into public.long select repeat('y', 200000), jsonb_build_object('a', repeat('z', 200000)) from generate_series(1, 300);
create table public.egg (id int primary key, hen_id int);
create table public.hen (id int primary key, egg_id int);
alter table public.egg add constraint egg_hen foreign key (hen_id) references public.hen not valid;
alter table public.hen add constraint hen_egg foreign key (egg_id) references public.egg not valid;
alter table public.hen add constraint hen_self foreign key (id) references public.hen not valid;
insert into public.hen values (1, null), (2, null);
insert into public.egg values (1, 1);
update public.hen set egg_id = 1 where id = 1;
analyze public.narrow; analyze public.sparse;
-- as supabase_admin
create schema closed;
create table closed.a (note text);
create table closed.b (note text);
insert into closed.a values ('card ${CARD}');
create table public.guarded (note text);
insert into public.guarded values ('x');
alter table public.guarded enable row level security;
drop role if exists sampler;
create role sampler login;
grant usage on schema public, auth to sampler;
grant select on all tables in schema public, auth to sampler;
`;

describe.each(['17', '15'])('sampling on PostgreSQL %s', (major) => {
  let database: TestDatabase | null = null;
  let server: PostgresServer | null = null;
  let url = '';
  let adminUrl = '';
  let fact: { value: Samples; hidden: string[] };
  let refused: { value: Samples; hidden: string[] };

  beforeAll(async () => {
    if (major === '15') {
      server = await debianPostgres15();
      if (server === null) return;
      const name = 'samples_15';
      await server.createDatabase(name, await ensureBaseline(server));
      url = server.url(name);
      adminUrl = server.url(name, 'supabase_admin');
    } else {
      database = await freshDatabase();
      ({ url, adminUrl } = database);
    }
    await runScript(url, adminUrl, SCHEMA);
    fact = ok(await sample(url));
    refused = ok(await sample(url.replace(/\/\/[^@/]*@/, '//sampler@')));
  }, 120_000);
  afterAll(async () => {
    if (database) await runScript(url, adminUrl, '-- as supabase_admin\ndrop owned by sampler; drop role sampler;');
    await database?.drop();
    await server?.stop();
  });

  test('every kind of text is read, numbers where their name says what they are, bytes never', ({ skip }) => {
    if (url === '') return skip();
    expect(counts(fact.value, 'kinds')).toEqual({
      a: { card: 1 },
      b: { card: 1 },
      c: { card: 1 },
      d: { card: 1 },
      e: { card: 1 },
      f: { card: 1 },
      g: { card: 1 },
      h: { card: 1 },
      card_number: { card: 1 },
    });
    expect(of(fact.value, 'kinds')?.found[0]?.hits[0]?.shape).toBe('9{4} 9{4} 9{4} 9{4}');
    expect(of(fact.value, 'kinds')).toMatchObject({ rows: 1, whole: true, error: null });
  });

  test('1,600 columns, none at all, hostile names, partitions', ({ skip }) => {
    if (url === '') return skip();
    expect(counts(fact.value, 'wide')).toEqual({ c0: { card: 1 }, c1500: { card: 1 }, last: { card: 1 } });
    expect(of(fact.value, 'wide')?.columns).toBe(1599);
    expect(of(fact.value, 'nothing')).toMatchObject({ columns: 0, error: null, found: [] });
    expect(counts(fact.value, `we"ird '; drop table kinds; -- 🔑`)).toEqual({ 'co"l\'umn; 🔑': { card: 1 } });
    expect(counts(fact.value, 'parts')).toEqual({ note: { card: 10 } });
    expect(of(fact.value, 'parts')).toMatchObject({ rows: 10, whole: true });
    expect(of(fact.value, 'parts_a')).toBeUndefined();
  });

  test('a large table is sampled at many places, up to its end; a sparse one is not taken for empty', ({ skip }) => {
    if (url === '') return skip();
    const narrow = of(fact.value, 'narrow');
    expect(narrow?.rows).toBeGreaterThan(500);
    expect(narrow?.rows).toBeLessThanOrEqual(1000);
    expect(narrow?.whole).toBe(false);
    expect(counts(fact.value, 'narrow').note?.card).toBeGreaterThan(0);
    expect(counts(fact.value, 'sparse')).toEqual({ note: { card: 1 } });
    expect(of(fact.value, 'long')).toMatchObject({ rows: 300, error: null });
  });

  test('what may not be read is said by schema, and never taken for clean', ({ skip }) => {
    if (url === '') return skip();
    expect(of(refused.value, 'a')).toMatchObject({
      schema: 'closed',
      rows: 0,
      found: [],
      error: expect.stringMatching(/42501/),
    });
    expect(refused.hidden.join('\n')).toMatch(/rows of 2 tables in schema closed, for example a: permission denied/);
    expect(refused.hidden.join('\n')).toMatch(/rows of 1 table in schema public, for example guarded/);
    expect(fact.hidden).toEqual([]);
  });

  test('a table that is locked is an error within its limit, and costs no other', async ({ skip }) => {
    if (url === '') return skip();
    const holder = new pg.Client({ connectionString: adminUrl });
    await holder.connect();
    await holder.query('begin; lock table public.kinds in access exclusive mode');
    const started = Date.now();
    const { value, hidden } = ok(
      await sample(url).finally(async () => {
        await holder.query('rollback');
        await holder.end();
      }),
    );
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(of(value, 'kinds')).toMatchObject({ error: expect.stringMatching(/55P03|57014/), found: [] });
    expect(counts(value, 'parts')).toEqual({ note: { card: 10 } });
    expect(hidden.join('\n')).toMatch(/schema public/);
  }, 60_000);

  test('what was not reached is named, and the next run goes on there', async ({ skip }) => {
    if (url === '') return skip();
    const none = ok(await sample(url, { samplingMs: 0, now: () => '2026-11-24T12:00:00.000Z' }));
    expect(none.value.tables).toEqual([]);
    expect(none.hidden.join('\n')).toMatch(/\d+ tables not reached in the time allowed, next /);
    const half: Samples = {
      ...none.value,
      tables: [{ schema: 'public', table: 'parts', rows: 7, whole: true, columns: 1, found: [], error: null }],
      pending: none.value.pending.filter(({ table }) => table !== 'parts'),
    };
    const labels: string[] = [];
    const rest = ok(
      await sample(url, {
        previousSamples: half,
        now: () => '2026-11-24T13:00:00.000Z',
        onProgress: (label) => labels.push(label),
      }),
    );
    expect(rest.value.pending).toEqual([]);
    expect(of(rest.value, 'parts')?.rows).toBe(7);
    expect(labels.some((label) => label.includes('public.parts '))).toBe(false);
    expect(rest.value.begunAt).toBe('2026-11-24T12:00:00.000Z');
    const later = ok(await sample(url, { previousSamples: half, now: () => '2026-11-30T12:00:00.000Z' }));
    expect(of(later.value, 'parts')?.rows).toBe(10);
  });

  test('an abort keeps what was read', async ({ skip }) => {
    if (url === '') return skip();
    const controller = new AbortController();
    let current: () => Samples = () => ({ begunAt: '', tables: [], pending: [] });
    const run = sample(url, {
      signal: controller.signal,
      onSampling: (now) => {
        current = now;
      },
      onProgress: (label) => {
        if (/\(3 of/.test(label)) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled', exitCode: 130 });
    expect(current().tables.length).toBeGreaterThanOrEqual(3);
    expect(current().pending.length).toBeGreaterThan(3);
  });

  test('keys in a circle are followed once each', async ({ skip }) => {
    if (url === '') return skip();
    const catalogue = await collectCatalogue({ url, names: NEEDED });
    const facts = await collectData({ url, names: ['orphans'], catalogue, previousCounts: null });
    const orphans = (facts.orphans as { value: Facts['orphans'] }).value;
    expect(orphans.map(({ constraint, orphans: count, error }) => [constraint, count, error])).toEqual([
      ['egg_hen', 0, null],
      ['hen_egg', 0, null],
      ['hen_self', 0, null],
    ]);
  });

  test('no value is in what comes back', ({ skip }) => {
    if (url === '') return skip();
    const text = JSON.stringify(fact);
    for (const digits of ['4539', '6467', '0343']) expect(text).not.toContain(digits);
  });

  test('B-trees are read on consent, damaged ones named', async ({ skip }) => {
    if (url === '') return skip();
    const admin = new pg.Client({ connectionString: adminUrl });
    await admin.connect();
    await admin.query(
      'create extension amcheck schema extensions; grant execute on all functions in schema extensions to postgres',
    );
    await admin.end();
    const catalogue = await collectCatalogue({ url, names: NEEDED });
    const physical = async (consents: string[]) => {
      const facts = await collectData({
        url,
        names: ['physical'],
        catalogue,
        previousCounts: null,
        consents: new Set(consents),
      });
      return (facts.physical as { value: Facts['physical'] }).value;
    };
    expect((await physical([])).amcheck).toBeNull();
    const { amcheck } = await physical(['amcheck']);
    expect(amcheck).toMatchObject({ broken: [], error: null });
    expect(amcheck?.checked).toBeGreaterThan(2);
  });
});

test('a server that restarts meanwhile is waited for, and nothing is lost', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'supaready-restart-'));
  let server = await startServer({ directory });
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = openSocket(server.port, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  try {
    await server.createDatabase('restarting', await ensureBaseline(server));
    const client = new pg.Client({ connectionString: server.url('restarting') });
    await client.connect();
    await client.query(
      Array.from(
        { length: 12 },
        (_, at) => `create table public.t${at} (note text); insert into public.t${at} values ('card ${CARD}')`,
      ).join(';'),
    );
    await client.end();
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const target = new URL(server.url('restarting'));
    target.port = String(typeof address === 'object' ? address?.port : 0);
    let restarted: Promise<void> | null = null;
    const fact = ok(
      await sample(target.href, {
        onProgress: (label) => {
          if (!/\(4 of/.test(label) || restarted !== null) return;
          restarted = (async () => {
            await server.stop();
            server = await startServer({ directory });
          })();
        },
      }),
    );
    await restarted;
    expect(restarted).not.toBeNull();
    expect(fact.hidden).toEqual([]);
    expect(fact.value.tables.map(({ found }) => found[0]?.hits[0]?.values)).toEqual(Array(12).fill(1));
  } finally {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}, 90_000);

describe('conditions of required rows', () => {
  beforeAll(loadSqlParser);

  test.each([
    ["status = 'active'", true],
    ['enabled', true],
    ['a = 1 -- comment', true],
    ['true) or (true', true],
    ['true) union select (1', false],
    ['true) limit (1', false],
    ['true) for update --', false],
    ['true); drop table x; select (true', false],
    ['true) group by (a', false],
    ['true /* open', false],
    ['', false],
    [') from x where (true', false],
  ])('%s', (text, expected) => {
    expect(isCondition(text)).toBe(expected);
  });

  test('a table is read as SQL reads it', () => {
    expect(relationOf('plans')).toEqual({ schema: 'public', name: 'plans' });
    expect(relationOf('App."Feature flags"')).toEqual({ schema: 'app', name: 'Feature flags' });
    expect(relationOf('public.plans; drop table x')).toEqual({ schema: 'public', name: 'plans; drop table x' });
  });
});

test('a sample reads blocks, and shortens values after rows are chosen', () => {
  const sql = sampleSql({ schema: 'public', table: 'x', blocks: 100_000 }, [{ name: 'a"b', kind: 'text' }]);
  expect(sql).toContain('tablesample system (0.0480000) repeatable (20)');
  expect(sql).toContain('left(x.c0::text, 4096)');
  expect(sql).toContain('"a""b" as c0');
});

test('addresses shared with production are counted, whatever their case; test domains and the team are told apart', async () => {
  const production = await freshDatabase();
  const staging = await freshDatabase();
  const users = (from: number, to: number, address: string) =>
    `-- as supabase_admin\ninsert into auth.users (id, email) select gen_random_uuid(), ${address} from generate_series(${from}, ${to}) n;`;
  await production.sql(
    `${users(1, 100, "'c' || n || '@gmail.com'")}\n${users(1, 8, "'t' || n || '@harbor.shop'")}\n${users(1, 9, "'q' || n || '@example.com'")}`,
  );
  await staging.sql(
    `${users(91, 120, "'C' || n || '@Gmail.com'")}\n${users(1, 8, "'t' || n || '@harbor.shop'")}\n${users(1, 9, "'q' || n || '@example.com'")}\n-- as postgres\ncreate table public.leads (email text); insert into public.leads select 'c' || n || '@gmail.com' from generate_series(1, 50) n`,
  );
  const catalogue: Collected = await collectCatalogue({ url: staging.url, names: NEEDED });
  const facts = await collectData({
    url: staging.url,
    names: ['productionOverlap'],
    catalogue,
    previousCounts: null,
    production: { name: 'production', url: production.url },
  });
  expect((facts.productionOverlap as { value: Facts['productionOverlap'] }).value).toEqual({
    production: 'production',
    addresses: 108,
    share: 1,
    error: null,
    columns: [
      { schema: 'auth', table: 'users', column: 'email', addresses: 38, shared: 18, ofOneDomain: 8, error: null },
      { schema: 'public', table: 'leads', column: 'email', addresses: 50, shared: 50, ofOneDomain: 0, error: null },
    ],
  });
  await production.drop();
  await staging.drop();
});
