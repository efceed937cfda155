-- One organization a user, kept in the profile; a helper with its owner's rights says which.
create table public.organizations (id uuid primary key default gen_random_uuid(), name text not null);
create table public.profiles (id uuid primary key references auth.users on delete cascade, organization_id uuid not null references public.organizations, full_name text);
create table public.contracts (id uuid primary key default gen_random_uuid(), organization_id uuid not null references public.organizations, body text not null);
create function public.my_organization() returns uuid language sql stable security definer set search_path = '' as $$ select organization_id from public.profiles where id = auth.uid() $$;
alter table public.organizations enable row level security;
alter table public.profiles enable row level security;
alter table public.contracts enable row level security;
create policy "see own" on public.organizations for select to authenticated using (id = (select public.my_organization()));
create policy "see colleagues" on public.profiles for select to authenticated using (organization_id = (select public.my_organization()));
create policy "change own" on public.profiles for update to authenticated using (id = (select auth.uid()));
create policy "of the organization" on public.contracts for all to authenticated using (organization_id = (select public.my_organization()));

-- truth          who     select insert update delete
-- organizations  anon    .      .      .      .
-- organizations  A,B,C   o      .      .      .
-- profiles       anon    .      .      .      .
-- profiles       A,B     ot     .      o      .
-- profiles       C       o      .      o      .
-- contracts      anon    .      .      .      .
-- contracts      A,B     ot     ot     ot     ot
-- contracts      C       o      o      o      o
