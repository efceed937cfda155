-- Whoever stands in the table of administrators may everything; the users tried stand not in it.
create table public.admins (user_id uuid primary key references auth.users);
create table public.articles (id bigint generated always as identity primary key, author_id uuid not null references auth.users, published boolean not null default false, body text not null);
alter table public.admins enable row level security;
alter table public.articles enable row level security;
create policy "see oneself" on public.admins for select to authenticated using (user_id = (select auth.uid()));
create policy "published" on public.articles for select using (published);
create policy "own" on public.articles for select to authenticated using (author_id = (select auth.uid()));
create policy "administrators" on public.articles for all to authenticated using (exists (select 1 from public.admins a where a.user_id = (select auth.uid())));

-- truth     who     select insert update delete
-- admins    anon    .      .      .      .
-- admins    A,B,C   ?o     ?o     ?o     ?o
-- articles  anon    .      .      .      .
-- articles  A,B,C   o      .      .      .
