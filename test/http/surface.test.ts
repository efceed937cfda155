import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Collected, type FactName, factSchema } from '../../src/core/facts.ts';
import { describeObject } from '../../src/core/object.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { factsOf } from '../../src/engine/collect.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { collectHttp } from '../../src/facts/http/collect.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { anonSurfaceDiff } from '../../src/steps/2-schema/2.1-surface/anon-surface-diff.ts';
import { type TestApi, testApi } from '../helpers/api-server.ts';

/* What a stranger with the publishable key gets, asked of a real API on a real database. */

const CANARY = 'canary-7d1f';
const NAMES: FactName[] = ['database', 'relations', 'columns', 'functions', 'storage'];

let api: TestApi;
let catalogue: Collected;
beforeAll(async () => {
  api = await testApi(`
    create table public.open (id int primary key, note text);
    insert into public.open values (1, '${CANARY}');
    grant select on public.open to anon;
    create table public.guarded (id int primary key, note text);
    insert into public.guarded values (1, '${CANARY}');
    alter table public.guarded enable row level security;
    grant select on public.guarded to anon;
    create table public.closed (id int primary key, note text);
    revoke all on public.closed from anon;
    create table public.partly (id int primary key, name text, note text);
    revoke all on public.partly from anon;
    grant select (id, name) on public.partly to anon;
    insert into public.partly values (1, 'a', '${CANARY}');
    create table public.circle (id int primary key);
    alter table public.circle enable row level security;
    grant select on public.circle to anon;
    create policy "itself" on public.circle for select using (exists (select from public.circle c where c.id = circle.id));
    create function public.greet() returns text language sql stable as $$ select '${CANARY}' $$;
    create function public.shut() returns text language sql stable as $$ select 'x' $$;
    revoke execute on function public.shut() from public, anon;
    create function public.change() returns void language sql as $$ insert into public.open values (2, 'x') $$;
    create function public.ask(n int) returns int language sql stable as $$ select n $$;
    insert into storage.buckets (id, name, public) values ('shown', 'shown', true), ('hidden', 'hidden', false);
    insert into storage.objects (bucket_id, name) values ('shown', '${CANARY}.txt'), ('hidden', '${CANARY}.txt');
    create policy "list" on storage.objects for select to anon using (bucket_id = 'shown');`);
  catalogue = await collectCatalogue({ url: api.database.url, names: NAMES });
});
afterAll(() => api?.stop());

const live = () => ({
  database: api.database.url,
  environment: { name: 'production', kind: 'production', source: 'live', target: null } as const,
});

const asked = (change: { url?: string; publishableKey?: string } = {}, signal?: AbortSignal) =>
  collectHttp({
    names: ['httpSurface'],
    open: async () => ({ url: api.url, publishableKey: api.publishableKey, secretKey: null, testUsers: [], ...change }),
    ...live(),
    facts: catalogue,
    signal,
  });

test('every table, function and bucket, as it answers', async () => {
  const { httpSurface: fact } = await asked();
  if (fact?.status !== 'ok') throw new Error(fact?.reason);
  expect(factSchema('httpSurface').parse(fact.value)).toEqual(fact.value);
  const outcomes = Object.fromEntries(fact.value.relations.map(({ name, outcome }) => [name, outcome]));
  expect(outcomes).toEqual({ open: 'rows', guarded: 'empty', closed: 'denied', partly: 'rows', circle: 'error' });
  expect(fact.value.relations.find(({ name }) => name === 'partly')?.columns).toEqual(['id', 'name']);
  expect(fact.value.relations.find(({ name }) => name === 'circle')?.code).toBe('42P17');
  expect(Object.fromEntries(fact.value.functions.map(({ name, outcome }) => [name, outcome]))).toEqual({
    greet: 'rows',
    shut: 'denied',
    change: 'not-asked',
    ask: 'not-asked',
  });
  expect(fact.value.buckets.map(({ id, outcome }) => [id, outcome]).sort()).toEqual([
    ['hidden', 'empty'],
    ['shown', 'rows'],
  ]);
  const kept = JSON.stringify(fact);
  for (const secret of [CANARY, api.publishableKey, api.secretKey]) expect(kept).not.toContain(secret);
});

test('a key that is not taken is a problem of the key, never a table without rows', async () => {
  const key = 'sb_publishable_of_another_project';
  const { httpSurface: fact } = await asked({ publishableKey: key });
  expect(fact).toMatchObject({ status: 'denied', reason: expect.stringContaining('does not take the key') });
  expect(JSON.stringify(fact)).not.toContain(key);
});

test('nobody there, and nobody said where', async () => {
  const { httpSurface: fact } = await asked({ url: 'http://127.0.0.1:9' });
  expect(fact).toMatchObject({ status: 'error', reason: expect.stringContaining('http://127.0.0.1:9 did not answer') });
  const none = await collectHttp({ names: ['httpSurface'], open: null, ...live(), facts: catalogue });
  expect(none.httpSurface).toMatchObject({ status: 'absent', reason: expect.stringContaining('api.publishableKey') });
}, 30_000);

test('a busy API is asked again as it says, and no more than four times', async () => {
  let asks = 0;
  const server = createServer((_request, response) => {
    asks++;
    response.writeHead(asks < 3 ? 429 : 503, { 'retry-after': '0' }).end(`{"message":"${CANARY}"}`);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { httpSurface: fact } = await asked({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  expect(asks).toBe(4);
  expect(fact?.status).toBe('error');
  expect(JSON.stringify(fact)).not.toContain(CANARY);
});

test('an interrupted run ends with its reason', async () => {
  const reason = new Error('stopped');
  await expect(asked({}, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('a secret key in the place of the publishable one is found out', async () => {
  await loadSqlParser();
  const names = [...factsOf([anonSurfaceDiff])];
  const { httpSurface } = await asked({ publishableKey: api.secretKey });
  const facts = {
    ...(await collectCatalogue({ url: api.database.url, names })),
    httpSurface,
  } as Collected;
  const now = '2026-11-24T12:00:00.000Z';
  const environment = { name: 'production', kind: 'production', source: 'live', target: null } as const;
  const snapshot = snapshotOf({ environment: 'production', source: 'live', takenAt: now, durationMs: 0, facts });
  const result = evaluateCheck(anonSurfaceDiff, { snapshot, environment, parameters: {}, now });
  expect(result.findings.map(({ object }) => describeObject(object)).sort()).toEqual([
    'public.closed',
    'public.shut()',
  ]);
  expect(JSON.stringify(result)).not.toContain(api.secretKey);
});
