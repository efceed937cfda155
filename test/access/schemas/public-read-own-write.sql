-- Posts that everybody reads and only their author writes; comments whose author anybody can pretend to be.
create table public.posts (id uuid primary key default gen_random_uuid(), author_id uuid not null default auth.uid() references auth.users, title text not null);
create table public.comments (id uuid primary key default gen_random_uuid(), post_id uuid not null references public.posts on delete cascade, author_id uuid not null references auth.users, body text not null);
alter table public.posts enable row level security;
alter table public.comments enable row level security;
create policy "read" on public.posts for select using (true);
create policy "write" on public.posts for insert to authenticated with check (author_id = (select auth.uid()));
create policy "edit" on public.posts for update to authenticated using (author_id = (select auth.uid())) with check (author_id = (select auth.uid()));
create policy "remove" on public.posts for delete to authenticated using (author_id = (select auth.uid()));
create policy "read" on public.comments for select using (true);
create policy "write" on public.comments for insert to authenticated with check (exists (select 1 from public.posts p where p.id = comments.post_id));
create policy "edit" on public.comments for update to authenticated using (author_id = (select auth.uid())) with check (true);

-- truth     who     select insert update delete
-- posts     anon    f      .      .      .
-- posts     A,B,C   of     o      o      o
-- comments  anon    f      .      .      .
-- comments  A,B,C   of     ofO    oO     .
