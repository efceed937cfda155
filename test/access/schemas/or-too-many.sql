-- AND binds tighter than OR: meant was “mine, and not archived or pinned”.
create table public.memos (id bigint generated always as identity primary key, user_id uuid not null references auth.users, archived boolean not null default false, pinned boolean not null default true);
alter table public.memos enable row level security;
create policy "mine" on public.memos for all to authenticated using (user_id = (select auth.uid()) and not archived or pinned) with check (user_id = (select auth.uid()));

-- truth  who     select insert update delete
-- memos  anon    .      .      .      .
-- memos  A,B,C   of     o      o      of
