import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'rls-all-privileges',
  silent: `${expose('public', 'graphql_public')}${GUARDED_NOTES}
create table public.countries (code text primary key, name text);
revoke all on public.countries from anon, authenticated;
grant select on public.countries to anon, authenticated;
create table public.books_kept (id int primary key);
revoke all on public.books_kept from public, anon, authenticated;
create schema private;
create table private.ledger (id int primary key, amount numeric);
create view public.titles with (security_invoker = on) as select id, body from public.notes;
-- as supabase_admin
create table public.spatial_ref_sys (srid int primary key);
grant all on public.spatial_ref_sys to anon, authenticated;
alter extension plpgsql add table public.spatial_ref_sys;
`,
  declared: { publicTables: ['public.countries'] },
  defect: `
create table public.orders (id int primary key, user_id uuid references auth.users (id), total numeric);
create table public.events (at timestamptz, what text) partition by range (at);
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
alter table public.events enable row level security;
create table public.profiles (id int primary key, email text);
revoke all on public.profiles from anon, authenticated;
grant select (email) on public.profiles to anon;
create table public.tips (id int primary key, tip text);
revoke all on public.tips from anon, authenticated;
grant insert on public.tips to public;
grant select on private.ledger to authenticated;
grant update on public.countries to authenticated;
`,
  expect: [
    { object: 'public.orders', severity: 'blocker' },
    { object: 'public.events_2026', severity: 'blocker' },
    { object: 'public.profiles', severity: 'blocker' },
    { object: 'public.tips', severity: 'blocker' },
    { object: 'public.countries', severity: 'blocker' },
    { object: 'private.ledger', severity: 'medium' },
  ],
} satisfies CheckFixture;
