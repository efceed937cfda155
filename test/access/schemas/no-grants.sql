-- Policies as they should be, and no privilege: as in projects whose new tables are granted to nobody.
create table public.diaries (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
alter table public.diaries enable row level security;
revoke all on public.diaries from anon, authenticated, service_role;
grant select on public.diaries to authenticated;
create policy "own" on public.diaries for all to authenticated using (user_id = (select auth.uid()));

-- truth    who     select insert update delete
-- diaries  anon    .      .      .      .
-- diaries  A,B,C   o      .      .      .
