import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../helpers/database.ts';

let database: TestDatabase;
let admin: pg.Client;
let postgres: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  admin = new pg.Client({ connectionString: database.adminUrl });
  postgres = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await postgres.connect();
});
afterAll(async () => {
  await admin.end();
  await postgres.end();
  await database.drop();
});

async function refused(client: pg.Client, sql: string): Promise<string | undefined> {
  return client.query(sql).then(
    () => undefined,
    (error: pg.DatabaseError) => error.code,
  );
}

/** Runs SQL in a transaction that is rolled back, as an API role with claims. */
async function as(role: string, claims: object, sql: string): Promise<pg.QueryResult> {
  await postgres.query('begin');
  try {
    await postgres.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(claims)]);
    await postgres.query(`set local role ${role}`);
    return await postgres.query(sql);
  } finally {
    await postgres.query('rollback');
  }
}

describe('the Supabase baseline', () => {
  it('has the roles of a hosted project with their attributes', async () => {
    const { rows } = await admin.query(
      `select rolname as name, rolsuper as super, rolbypassrls as bypass, rolcanlogin as login, rolinherit as inherit
       from pg_roles where rolname in ('postgres', 'anon', 'authenticated', 'service_role', 'authenticator') order by 1`,
    );
    expect(rows).toEqual([
      { name: 'anon', super: false, bypass: false, login: false, inherit: true },
      { name: 'authenticated', super: false, bypass: false, login: false, inherit: true },
      { name: 'authenticator', super: false, bypass: false, login: true, inherit: false },
      { name: 'postgres', super: false, bypass: true, login: true, inherit: true },
      { name: 'service_role', super: false, bypass: true, login: false, inherit: true },
    ]);
  });

  it('never lets postgres become a superuser', async () => {
    expect(await refused(postgres, 'alter role postgres superuser')).toBe('42501');
    expect(await refused(postgres, 'set role supabase_admin')).toBe('42501');
    expect(await refused(postgres, 'create role mallory superuser')).toBe('42501');
  });

  it('gives postgres the database and what a migration needs of platform schemas', async () => {
    await database.sql(`
      create function public.on_user() returns trigger language plpgsql security definer set search_path = '' as $$ begin return new; end $$;
      create trigger on_auth_user_created after insert on auth.users for each row execute function public.on_user();
      create policy "own files" on storage.objects for all to authenticated using (owner_id = (select auth.uid())::text);
      create policy "own topics" on realtime.messages for select to authenticated using (realtime.topic() = 'a');
      alter publication supabase_realtime add table auth.users;
      alter publication supabase_realtime drop table auth.users;
      create role reporting; grant select on auth.users to reporting; grant authenticated to reporting;
      alter role authenticator set pgrst.db_max_rows = '500';
      revoke select on auth.users from reporting; drop role reporting;
    `);
  });

  it('reads the claims of the request', async () => {
    const sub = '00000000-0000-4000-8000-000000000001';
    const { rows } = await as(
      'authenticated',
      { sub, role: 'authenticated', email: 'a@example.com' },
      'select auth.uid(), auth.role(), auth.email(), auth.jwt()',
    );
    expect(rows[0]).toEqual({
      uid: sub,
      role: 'authenticated',
      email: 'a@example.com',
      jwt: { sub, role: 'authenticated', email: 'a@example.com' },
    });
  });

  it('guards storage.objects by row level security', async () => {
    await database.sql(
      `insert into storage.buckets (id, name) values ('b', 'b'); insert into storage.objects (bucket_id, name, owner_id) values ('b', 'x/1.png', 'someone')`,
    );
    expect((await as('anon', {}, 'select * from storage.objects')).rowCount).toBe(0);
    expect((await as('service_role', {}, 'select * from storage.objects')).rowCount).toBe(1);
    await expect(as('anon', {}, `insert into storage.objects (bucket_id, name) values ('b', 'y')`)).rejects.toThrow(
      /row-level security/,
    );
    await expect(as('service_role', {}, 'delete from storage.objects')).rejects.toThrow(/Storage API/);
    const { rows } = await postgres.query(
      `select storage.foldername('a/b/c.png') f, storage.filename('a/b/c.png') n, storage.extension('a/b/c.png') e`,
    );
    expect(rows[0]).toEqual({ f: ['a', 'b'], n: 'c.png', e: 'png' });
    expect((await postgres.query(`select name from storage.search('x/', 'b', 10, 2)`)).rows).toEqual([
      { name: '1.png' },
    ]);
  });

  it('grants new tables in public to the API roles (legacy regime)', async () => {
    await database.sql('create table public.granted (id int)');
    const { rows } = await postgres.query(`select has_table_privilege('anon', 'public.granted', 'insert') as anon`);
    expect(rows).toEqual([{ anon: true }]);
  });

  it('runs what follows `-- as supabase_admin` as the superuser', async () => {
    await database.sql(`
      create table public.mine (id int);
      -- as supabase_admin
      create table public.theirs (id int);
      -- as postgres
      create table public.mine_too (id int);
    `);
    const { rows } = await postgres.query(
      `select tablename, tableowner from pg_tables where schemaname = 'public' and tablename ~ 'mine|theirs' order by 1`,
    );
    expect(rows).toEqual([
      { tablename: 'mine', tableowner: 'postgres' },
      { tablename: 'mine_too', tableowner: 'postgres' },
      { tablename: 'theirs', tableowner: 'supabase_admin' },
    ]);
  });

  it('sends a realtime message into the day’s partition', async () => {
    await postgres.query(`select realtime.send('{"a":1}'::jsonb, 'e', 't', true)`);
    expect((await admin.query('select topic, event from realtime.messages')).rows).toEqual([
      { topic: 't', event: 'e' },
    ]);
  });
});
