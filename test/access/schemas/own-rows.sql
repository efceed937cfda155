-- A table of users' own rows, guarded as it should be, beside one without row level security and a public catalogue.
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
alter table public.notes enable row level security;
create policy "own notes" on public.notes for all to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

create table public.drafts (id uuid primary key default gen_random_uuid(), owner_id uuid not null default auth.uid() references auth.users, body text);

create table public.products (id int primary key, name text not null, price numeric not null);
alter table public.products enable row level security;
create policy "everybody reads" on public.products for select using (true);

-- truth     who     select insert update delete
-- notes     anon    .      .      .      .
-- notes     A,B,C   o      o      o      o
-- drafts    anon    f      f      f      f
-- drafts    A,B,C   of     ofO    ofO    of
-- products  anon    a      .      .      .
-- products  A,B,C   a      .      .      .
