-- As before, but the own profile may be moved to any organization: the way into every other one.
create table public.organizations (id uuid primary key default gen_random_uuid(), name text not null);
create table public.profiles (id uuid primary key references auth.users on delete cascade, organization_id uuid not null references public.organizations, full_name text);
create table public.files (id uuid primary key default gen_random_uuid(), organization_id uuid not null references public.organizations, body text not null);
alter table public.organizations enable row level security;
alter table public.profiles enable row level security;
alter table public.files enable row level security;
create policy "everybody sees names" on public.organizations for select to authenticated using (true);
create policy "own profile" on public.profiles for all to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "of the organization" on public.files for select to authenticated using (organization_id in (select p.organization_id from public.profiles p where p.id = (select auth.uid())));

-- truth          who     select insert update delete
-- organizations  anon    .      .      .      .
-- organizations  A,B,C   of     .      .      .
-- profiles       anon    .      .      .      .
-- profiles       A,B,C   o      oT     oT     o
-- files          anon    .      .      .      .
-- files          A,B     ot     .      .      .
-- files          C       o      .      .      .
