-- A policy that reads when the session ends: what the API would have refused already.
create table public.vaults (id bigint generated always as identity primary key, user_id uuid not null references auth.users, secret text not null);
alter table public.vaults enable row level security;
create policy "own, in time" on public.vaults for select to authenticated using (user_id = (select auth.uid()) and to_timestamp((select auth.jwt() ->> 'exp')::bigint) > now());

-- truth   who      select insert update delete
-- vaults  anon     .      .      .      .
-- vaults  A,B,C    o      .      .      .
-- vaults  expired  .      .      .      .
