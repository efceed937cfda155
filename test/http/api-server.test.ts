import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApi, testApi } from '../helpers/api-server.ts';

/* The server that demo and tests ask is one that refuses, filters and allows as Supabase's does. */

async function typeOfTokenId(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    `select atttypid::regtype::text as type from pg_catalog.pg_attribute where attrelid = 'auth.refresh_tokens'::regclass and attname = 'id'`,
  );
  await client.end();
  return rows[0]?.type;
}

let api: TestApi;
const CLOSED = 'create table public.closed (id int primary key); revoke all on public.closed from anon, authenticated;';
beforeAll(async () => {
  api = await testApi(`
    create table public.notes (id bigint generated always as identity primary key, user_id uuid not null default auth.uid() references auth.users, body text);
    alter table public.notes enable row level security;
    grant select on public.notes to anon;
    grant all on public.notes to authenticated, service_role;
    create policy "own notes" on public.notes for all to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
    ${CLOSED}
    insert into storage.buckets (id, name) values ('files', 'files');
    create policy "own files" on storage.objects for all to authenticated
      using (bucket_id = 'files' and owner_id = (select auth.uid())::text) with check (bucket_id = 'files');`);
});
afterAll(() => api?.stop());

test('two users who sign up have their own rows and files, and nobody else’s', async () => {
  const a = await api.signUp('a@example.test');
  const b = await api.signUp('b@example.test');
  expect((await a.client.from('notes').insert({ body: 'mine' })).status).toBe(201);
  expect((await a.client.from('notes').select('body')).data).toEqual([{ body: 'mine' }]);
  expect((await b.client.from('notes').select('body')).data).toEqual([]);
  const forged = await b.client.from('notes').insert({ body: 'yours', user_id: a.id });
  expect(forged.error?.code).toBe('42501');

  // Auth's own tables stay as Supabase has them, and sessions can be renewed.
  expect((await a.client.auth.refreshSession()).error).toBeNull();
  expect(await typeOfTokenId(api.database.url)).toBe('bigint');

  const anon = api.client(api.publishableKey);
  expect((await anon.from('notes').select()).data).toEqual([]);
  expect((await anon.from('notes').insert({ body: 'x' })).error?.code).toBe('42501');
  expect((await api.client(api.secretKey).from('notes').select('body')).data).toEqual([{ body: 'mine' }]);
  expect((await api.client('sb_publishable_unknown').from('notes').select()).status).toBe(401);

  // What the database gives to whom stays as it was.
  for (const client of [anon, a.client]) expect((await client.from('closed').select()).error?.code).toBe('42501');

  const files = a.client.storage.from('files');
  expect((await files.upload('mine.txt', Buffer.from('hello'))).error).toBeNull();
  expect((await files.list()).data?.map(({ name }) => name)).toEqual(['mine.txt']);
  expect((await b.client.storage.from('files').list()).data).toEqual([]);
  expect((await b.client.storage.from('files').download('mine.txt')).error).not.toBeNull();
});
