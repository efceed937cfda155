-- A restrictive policy asks for a second factor before anything is changed.
create table public.wallets (id int generated always as identity primary key, user_id uuid not null references auth.users, balance numeric not null default 0, note text);
alter table public.wallets enable row level security;
create policy "own wallet" on public.wallets for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "second factor to change" on public.wallets as restrictive for update to authenticated using ((select auth.jwt() ->> 'aal') = 'aal2');

-- truth    who        select insert update delete
-- wallets  anon       .      .      .      .
-- wallets  A,B,C      o      o      .      o
-- wallets  aal2       o      o      o      o
