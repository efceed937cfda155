import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyFixSql } from '../../src/commands/demo/apply-fix.ts';
import { withClient } from '../../src/commands/demo/script.ts';
import { freshDatabase, type TestDatabase } from '../helpers/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.sql('create table public.notes (id int primary key, body text, owner uuid)');
});
afterAll(() => database.drop());

const owner = (relation: string) =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query(
      'select relowner::regrole::text as owner from pg_class where oid = to_regclass($1)',
      [relation],
    );
    return rows[0]?.owner as string | undefined;
  });

test('runs several statements as role postgres, whoever the connection string names', async () => {
  const sql = 'create table public.a (id int primary key);\nalter table public.a enable row level security';
  expect(await applyFixSql(database.adminUrl, sql)).toBe(2);
  expect(await owner('public.a')).toBe('postgres');
});

test('what cannot be in a transaction runs by itself, between what can', async () => {
  const sql = `comment on table public.notes is 'x';
    create index concurrently notes_owner_idx on public.notes (owner);
    reindex index concurrently public.notes_owner_idx;
    drop index concurrently public.notes_owner_idx;
    vacuum public.notes;
    comment on table public.notes is 'y; with a semicolon'`;
  expect(await applyFixSql(database.url, sql)).toBe(6);
  expect(await owner('public.notes_owner_idx')).toBeUndefined();
});

test('extensions are moved as hosted Supabase moves them, by its superuser', async () => {
  await database.sql('create extension citext schema public');
  expect(await applyFixSql(database.url, 'alter extension citext set schema extensions')).toBe(1);
});

test('its own begin and commit are left out', async () => {
  expect(await applyFixSql(database.url, 'begin; create table public.b (id int primary key); commit')).toBe(1);
});

test('an error is told with SQLSTATE and message, and nothing of its transaction is kept', async () => {
  const sql = 'create table public.c (id int primary key);\nalter table public.nowhere enable row level security';
  await expect(applyFixSql(database.url, sql)).rejects.toMatchObject({
    code: 'fix-failed',
    exitCode: 3,
    message: expect.stringMatching(/relation "public.nowhere" does not exist \(SQLSTATE 42P01, statement in line 2\)/),
  });
  expect(await owner('public.c')).toBeUndefined();
});

test('what does not parse is not run', async () => {
  await expect(applyFixSql(database.url, 'alter tabel x')).rejects.toMatchObject({ code: 'fix-syntax' });
});
