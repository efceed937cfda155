import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnvironmentKind } from '../../src/core/check.ts';
import { factSchema, type Snapshot } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { collectSnapshot, factsOf } from '../../src/engine/collect.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import type { ApiTarget } from '../../src/facts/http/client.ts';
import { rlsHttp } from '../../src/steps/4-security/4.2-policies/rls-http.ts';
import { API_USERS, USER_A, USER_C, USERS } from '../checks/4/api-users.ts';
import { PASSWORD, type TestApi, testApi } from '../helpers/api-server.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';

/* What two users reach of each other over a real API: what is tried, what is left alone, and what is left behind. */

const CANARY = 'canary-9c2e';
const NOW = '2026-11-24T12:00:00.000Z';
const SCHEMA = `
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users (id), title text not null, body text);
alter table public.notes enable row level security;
create policy "own notes" on public.notes for all to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
`;

let api: TestApi;
const repository = mkdtempSync(join(tmpdir(), 'supaready-http-'));
beforeAll(async () => {
  await loadSqlParser();
  const file = join(repository, 'supabase/migrations/20260101000000_notes.sql');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, SCHEMA);
  api = await testApi(`${SCHEMA}${API_USERS}
    insert into public.notes (user_id, title, body) values ('${USER_A}', '${CANARY}', '${CANARY}'), ('${USER_C}', '${CANARY}', '${CANARY}');`);
});
afterAll(async () => {
  await api?.stop();
  rmSync(repository, { recursive: true, force: true });
});

const both = () => USERS.map((email) => ({ email, password: PASSWORD }));

async function snapshotOn(
  kind: EnvironmentKind,
  consents: readonly string[],
  change: Partial<ApiTarget> = {},
): Promise<Snapshot> {
  const { url, publishableKey, secretKey } = api;
  return collectSnapshot({
    target: {
      environment: { name: kind, kind, source: 'live', target: null },
      databaseUrl: api.database.url,
      embedded: false,
      projectRef: null,
      shadow: null,
      api: async () => ({ url, publishableKey, secretKey, testUsers: both(), ...change }),
    },
    repository,
    migrations: null,
    declared: NOTHING_DECLARED,
    names: factsOf([rlsHttp]),
    previous: null,
    consents: new Set(consents),
    now: () => NOW,
    clock: () => performance.now(),
  });
}

function accessIn({ facts }: Snapshot) {
  const fact = facts.httpAccess;
  if (fact?.status !== 'ok') throw new Error(fact?.reason);
  expect(factSchema('httpAccess').parse(fact.value)).toEqual(fact.value);
  return fact.value;
}

const lines = (snapshot: Snapshot) =>
  accessIn(snapshot).relations.flatMap(({ table, cells }) =>
    cells.map(({ persona, command, row, outcome }) => `${table} ${persona} ${command} ${row} ${outcome}`),
  );

async function rowsNow(): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: api.database.adminUrl });
  await client.connect();
  const { rows } = await client.query('select * from public.notes order by id');
  await client.end();
  return rows;
}

test('on production only reads, whatever was agreed', async () => {
  const snapshot = await snapshotOn('production', ['rls-http']);
  expect(lines(snapshot)).toEqual([
    'notes anon select foreign filtered',
    'notes A select own allowed',
    'notes A select foreign filtered',
    'notes C select own allowed',
    'notes C select foreign filtered',
  ]);
  expect(accessIn(snapshot).writes).toContain('never tried on production');
}, 120_000);

test('elsewhere, with consent, changes that leave every row as it was', async () => {
  const before = await rowsNow();
  const snapshot = await snapshotOn('staging', ['rls-http']);
  expect(accessIn(snapshot).writes).toBeNull();
  const said = lines(snapshot);
  for (const line of [
    'notes A insert own allowed',
    'notes A insert foreign denied',
    'notes A update own allowed',
    'notes A update foreign filtered',
    'notes A delete own allowed',
    'notes A delete foreign filtered',
    'notes anon insert foreign denied',
    'notes anon update foreign filtered',
  ])
    expect(said).toContain(line);
  expect(await rowsNow()).toEqual(before);
  const environment = { name: 'staging', kind: 'staging', source: 'live', target: null } as const;
  const result = evaluateCheck(rlsHttp, { snapshot, environment, parameters: {}, now: NOW });
  expect(result).toMatchObject({ status: 'pass', lookedAt: '5 reads and 15 changes over HTTP' });
  // Neither keys, tokens and passwords, nor anything that a row or a user's address holds.
  const kept = JSON.stringify([snapshot.facts.httpAccess, result]);
  for (const secret of [CANARY, api.publishableKey, api.secretKey, PASSWORD, 'eyJ', ...USERS, USER_A, USER_C])
    expect(kept).not.toContain(secret);
}, 120_000);

test('without consent only reads', async () => {
  const { writes } = accessIn(await snapshotOn('staging', []));
  expect(writes).toContain('--allow-probe rls-http');
}, 120_000);

test('users made for the probe: only with consent, and said where they cannot be removed', async () => {
  const refused = await snapshotOn('staging', [], { testUsers: [] });
  expect(refused.facts.httpAccess).toMatchObject({
    status: 'absent',
    reason: expect.stringContaining('api.testUsers'),
  });
  const production = await snapshotOn('production', ['rls-http'], { testUsers: [] });
  expect(production.facts.httpAccess?.status).toBe('absent');
  const made = accessIn(await snapshotOn('staging', ['rls-http'], { testUsers: [] }));
  expect(made.relations[0]?.cells.filter(({ command, row }) => command === 'select' && row === 'foreign')).toHaveLength(
    3,
  );
  // This server does not delete users.
  expect(made.left).toHaveLength(2);
  for (const line of made.left) expect(line).toMatch(/^the user supaready\+/);
}, 180_000);

test('a test user who cannot log in is a problem of theirs, and their password stays untold', async () => {
  const wrong = 'wrong-but-secret-word';
  const { facts } = await snapshotOn('staging', [], { testUsers: [{ email: USERS[0], password: wrong }] });
  expect(facts.httpAccess).toMatchObject({
    status: 'denied',
    reason: expect.stringContaining('test user 1 cannot log in'),
  });
  expect(JSON.stringify(facts.httpAccess)).not.toContain(wrong);
}, 120_000);
