import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const SILENT = `${GUARDED_NOTES}
-- A state that the row must be in, a second factor, a rule of the product's own: refusals that are meant.
create table public.drafts (id int generated always as identity primary key, user_id uuid not null references auth.users, state text not null default 'sent', body text);
alter table public.drafts enable row level security;
create policy "read" on public.drafts for select to authenticated using (user_id = (select auth.uid()));
create policy "change drafts" on public.drafts for update to authenticated using (user_id = (select auth.uid()) and state = 'draft');
create table public.wallets (id int generated always as identity primary key, user_id uuid not null references auth.users, note text);
alter table public.wallets enable row level security;
create policy "own" on public.wallets for all to authenticated using (user_id = (select auth.uid()));
create policy "second factor" on public.wallets as restrictive for update to authenticated using ((select auth.jwt() ->> 'aal') = 'aal2');
create table public.receipts (id int generated always as identity primary key, user_id uuid not null references auth.users, total numeric);
create function public.keep() returns trigger language plpgsql as $$ begin raise exception 'receipts are kept'; end $$;
create trigger keep before delete on public.receipts for each row execute function public.keep();
alter table public.receipts enable row level security;
create policy "own" on public.receipts for all to authenticated using (user_id = (select auth.uid()));
create table public.jobs (id int generated always as identity primary key, user_id uuid not null references auth.users);
alter table public.jobs enable row level security;
create policy "no updates" on public.jobs for update to authenticated using (false);
`;

const DEFECT = `
create table public.settings (id int generated always as identity primary key, user_id uuid not null references auth.users, theme text);
alter table public.settings enable row level security;
create policy "change" on public.settings for update to authenticated using (user_id = (select auth.uid()));
create schema private;
create function private.is_me(who uuid) returns boolean language sql stable as $$ select who = auth.uid() $$;
create table public.addresses (id int generated always as identity primary key, user_id uuid not null references auth.users, street text);
alter table public.addresses enable row level security;
create policy "own" on public.addresses for select to authenticated using (private.is_me(user_id));
revoke execute on function private.is_me(uuid) from public;
create table public.orders (id int generated always as identity primary key, user_id uuid not null references auth.users, total numeric);
alter table public.orders enable row level security;
create policy "own" on public.orders for select to authenticated using (user_id = (select auth.uid()));
revoke all on public.orders from authenticated;
`;

const FIXED = `
create policy "read" on public.settings for select to authenticated using (user_id = (select auth.uid()));
grant execute on function private.is_me(uuid) to authenticated;
grant select on public.orders to authenticated;
`;
const file = (at: number) => `supabase/migrations/2026010${at}000000_x.sql`;

export default {
  check: 'rls-positive',
  silent: expose('public') + SILENT,
  defect: DEFECT,
  expect: [
    { object: 'public.settings', severity: 'high' },
    { object: 'public.addresses', severity: 'high' },
    { object: 'public.orders', severity: 'high' },
  ],
  repair: FIXED,
  repo: { silent: { [file(1)]: SILENT }, defect: { [file(2)]: DEFECT }, fixed: { [file(3)]: FIXED } },
} satisfies CheckFixture;
