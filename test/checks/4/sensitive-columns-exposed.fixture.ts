import type { CheckFixture } from '../fixture.ts';
import { expose } from './expose.ts';

export default {
  check: 'sensitive-columns-exposed',
  silent: `${expose('public')}
create table public.keys (id int primary key, user_id uuid, api_key text);
alter table public.keys enable row level security;
create policy "own" on public.keys for select to authenticated using ((select auth.uid()) = user_id);
create table public.usage (id int primary key, token_count int, password_changed_at timestamptz, api_key_id uuid, secret_santa boolean);
create table public.hidden (id int primary key, password text);
revoke all on public.hidden from anon, authenticated;
grant select (id) on public.hidden to anon;
create schema private;
create table private.vaulted (id int primary key, secret text);
grant select on private.vaulted to anon;
`,
  defect: `
create table public.accounts (id int primary key, name text, password_hash text, ssn text);
create table public.tokens (id int primary key, access_token text);
alter table public.tokens enable row level security;
create policy "all" on public.tokens for select to authenticated using (auth.uid() is not null);
create view public.key_list as select id, api_key from public.keys;
`,
  expect: [
    { object: 'public.accounts', severity: 'blocker' },
    { object: 'public.tokens', severity: 'blocker' },
    { object: 'public.key_list', severity: 'blocker' },
  ],
} satisfies CheckFixture;
