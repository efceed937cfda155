-- Rights on columns only: everybody reads names, the owner changes the name and nothing else.
create table public.members (id uuid primary key references auth.users, name text not null, phone text, credits int not null default 0);
alter table public.members enable row level security;
revoke all on public.members from anon, authenticated;
grant select (id, name) on public.members to anon, authenticated;
grant update (name) on public.members to authenticated;
create policy "read" on public.members for select using (true);
create policy "change own" on public.members for update to authenticated using (id = (select auth.uid()));

-- truth    who     select insert update delete
-- members  anon    f      .      .      .
-- members  A,B,C   of     .      o      .
