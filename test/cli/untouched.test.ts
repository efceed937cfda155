import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { isolatedDatabase } from '../helpers/database.ts';
import { stateOf, watchLocks } from '../helpers/database-state.ts';

/* Production is only looked at: after a whole audit every row, sequence, setting and role is the one that was there before. */

const SHOP = `
create table public.customers (id uuid primary key references auth.users on delete cascade, email text, updated_at timestamptz default now());
create table public.orders (id bigint generated always as identity primary key, customer_id uuid references public.customers, total numeric not null, number serial);
create table public.parcels (id int primary key, order_id bigint);
alter table public.customers enable row level security;
create policy "own" on public.customers for all to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
create table public.outbox (id bigserial primary key, mail text);
-- What a write would set off.
create function public.shout() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.outbox (mail) values (tg_table_name);
  perform pg_notify('orders', tg_op);
  return null;
end $$;
create trigger shout after insert or update or delete on public.orders for each statement execute function public.shout();
create trigger shout after insert or update or delete on public.customers for each statement execute function public.shout();
create function public.new_customer() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.customers (id, email) values (new.id, new.email); return new; end $$;
create trigger new_customer after insert on auth.users for each row execute function public.new_customer();
create materialized view public.totals as select customer_id, sum(total) as total from public.orders group by 1;
create view public.mine as select * from public.orders;
create function public.next_number() returns bigint language sql as $$ select nextval('public.orders_number_seq') $$;
insert into storage.buckets (id, name) values ('files', 'files');
`;

const ROWS = `
insert into auth.users (id, email) select gen_random_uuid(), 'person' || i || '@example.com' from generate_series(1, 40) i;
insert into public.orders (customer_id, total) select id, 5 from public.customers;
insert into public.parcels select i, i from generate_series(1, 60) i;
insert into storage.objects (bucket_id, name, owner_id) select 'files', id || '/a.png', id::text from auth.users limit 5;
`;

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'watcher' });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

test('an audit of production with every probe leaves rows, sequences, settings and roles as they were', async () => {
  const database = await isolatedDatabase();
  onTestFinished(() => database.drop());
  await database.sql(`${SHOP}${ROWS}
-- as supabase_admin
create extension amcheck with schema extensions;
grant execute on all functions in schema extensions to postgres;`);
  const admin = await connected(database.adminUrl);
  // What vacuum does at its own time would be taken for ours.
  await admin.query('alter system set autovacuum = off');
  await admin.query('select pg_reload_conf()');
  await admin.query('vacuum analyze');
  await admin.query('listen orders');
  const heard: string[] = [];
  admin.on('notification', ({ channel }) => heard.push(channel));

  const root = temporaryFolder();
  const files = { 'supabase/migrations/20260101000000_shop.sql': SHOP, 'package.json': '{}' };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const common = ['--db-url', database.url, '--kind', 'production', '--repo', root];
  const before = await stateOf(admin);
  const stop = watchLocks(await connected(database.adminUrl));
  const check = await runCli(['check', ...common, '--allow-probe', 'amcheck', '--format', 'json'], {
    cwd: root,
    env: { SUPAREADY_BY: 'Ada <ada@example.test>' },
  });
  const access = await runCli(['access', ...common], { cwd: root });
  const doctor = await runCli(['doctor', ...common], { cwd: root });
  const locks = await stop();
  const after = await stateOf(admin);

  expect(check.stdout, check.stderr).not.toBe('');
  const result = JSON.parse(check.stdout) as {
    checkpoints: { checks: { id: string; status: string; reason: string }[] }[];
  };
  const status = new Map(result.checkpoints.flatMap(({ checks }) => checks.map((row) => [row.id, row.status])));
  // The probes ran: else nothing could have been left behind.
  for (const probe of [
    'rls-matrix',
    'auth-trigger-unsafe',
    'updated-at-trigger',
    'erasure-drill',
    'readonly-guard',
    'physical-integrity',
  ])
    expect([probe, status.get(probe)]).toEqual([probe, expect.stringMatching(/^(pass|fail)$/)]);
  expect([access.code, doctor.code]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(locks.seen).toBeGreaterThan(0);
  expect(locks.beyond).toEqual([]);
  expect([...after].filter(([name, digest]) => before.get(name) !== digest)).toEqual([]);
  expect([...before.keys()].filter((name) => !after.has(name))).toEqual([]);
  expect(heard).toEqual([]);
}, 240_000);
