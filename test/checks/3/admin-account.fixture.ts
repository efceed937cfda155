import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'admin-account',
  silent: `
    create table public.notes (id int primary key);
    alter table public.notes enable row level security;
    create policy admin on public.notes for all to authenticated using ((select auth.jwt()) -> 'app_metadata' ->> 'role' = 'admin');
    -- as supabase_admin
    insert into auth.users (id, email, email_confirmed_at, raw_app_meta_data)
    values ('00000000-0000-0000-0000-000000000001', 'ada@acme.io', now(), '{"role":"admin"}');
    insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at)
    values ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001', 'phone', 'totp', 'verified', now(), now());
  `,
  defect: `
    create table public.members (id uuid primary key references auth.users, role text);
    create table public.team_members (team int, user_id uuid references auth.users, role text, primary key (team, user_id));
    -- as supabase_admin
    update auth.mfa_factors set status = 'unverified';
    insert into auth.users (id, email, email_confirmed_at) values ('00000000-0000-0000-0000-000000000002', 'bea@acme.io', now());
    insert into public.members values ('00000000-0000-0000-0000-000000000002', 'admin');
    insert into public.team_members values (1, '00000000-0000-0000-0000-000000000002', 'admin');
  `,
  expect: [
    { object: 'auth.users', severity: 'high' },
    { object: 'public.members.role', severity: 'high' },
  ],
  repair: `
    -- as supabase_admin
    update auth.mfa_factors set status = 'verified';
    update public.members set role = 'member';
  `,
} satisfies CheckFixture;
