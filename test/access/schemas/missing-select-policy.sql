-- UPDATE and DELETE policies without one for SELECT: the owner changes nothing, without an error.
create table public.settings (id int generated always as identity primary key, user_id uuid not null references auth.users, theme text);
alter table public.settings enable row level security;
create policy "add" on public.settings for insert to authenticated with check (user_id = (select auth.uid()));
create policy "change" on public.settings for update to authenticated using (user_id = (select auth.uid()));
create policy "remove" on public.settings for delete to authenticated using (user_id = (select auth.uid()));

-- truth     who     select insert update delete
-- settings  anon    .      .      .      .
-- settings  A,B,C   .      o      .      .
