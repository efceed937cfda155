-- The user's id as text, without a foreign key; and a column only its name says something of.
create table public.bookmarks (id bigint generated always as identity primary key, user_id text not null, url text not null);
create table public.visits (id bigint generated always as identity primary key, user_id uuid not null, page text not null);
alter table public.bookmarks enable row level security;
alter table public.visits enable row level security;
create policy "own" on public.bookmarks for all to authenticated using (user_id = (select auth.uid())::text);
create policy "noted" on public.visits for insert to authenticated with check (true);

-- truth      who     select insert update delete
-- bookmarks  anon    .      .      .      .
-- bookmarks  A,B,C   o      o      o      o
-- visits     anon    .      .      .      .
-- visits     A,B,C   .      ofO    .      .
