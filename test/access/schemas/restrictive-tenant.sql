-- Any member may write, but a restrictive policy holds everybody to their tenant, whatever else is granted.
create table public.tenants (id int primary key, name text not null);
create table public.tenant_members (tenant_id int not null references public.tenants, user_id uuid not null references auth.users, primary key (tenant_id, user_id));
create table public.records (id bigint generated always as identity primary key, tenant_id int not null references public.tenants, user_id uuid not null references auth.users, body text);
alter table public.tenants enable row level security;
alter table public.tenant_members enable row level security;
alter table public.records enable row level security;
create policy "own" on public.tenant_members for select to authenticated using (user_id = (select auth.uid()));
create policy "signed in" on public.records for all to authenticated using (true) with check (user_id = (select auth.uid()));
create policy "tenant" on public.records as restrictive for all to authenticated using (tenant_id in (select m.tenant_id from public.tenant_members m where m.user_id = (select auth.uid())));

-- truth           who     select insert update delete
-- tenants         anon    .      .      .      .
-- tenants         A,B,C   .      .      .      .
-- tenant_members  anon    .      .      .      .
-- tenant_members  A,B,C   o      .      .      .
-- records         anon    .      .      .      .
-- records         A,B     ot     o      o      ot
-- records         C       o      o      o      o
