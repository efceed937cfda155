-- The tenant stands in the token (app_metadata), not in a table.
create table public.reports (id int generated always as identity primary key, tenant_id uuid not null, title text not null);
create table public.tickets (id int generated always as identity primary key, tenant_id uuid not null, user_id uuid not null references auth.users, body text not null);
alter table public.reports enable row level security;
alter table public.tickets enable row level security;
create policy "of the tenant" on public.reports for select to authenticated using (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'tenant_id'))::uuid);
create policy "read in the tenant" on public.tickets for select to authenticated using (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'tenant_id'))::uuid);
create policy "write own" on public.tickets for insert to authenticated with check (user_id = (select auth.uid()));

-- truth    who     select insert update delete
-- reports  anon    .      .      .      .
-- reports  A,B     ot     .      .      .
-- reports  C       o      .      .      .
-- tickets  anon    .      .      .      .
-- tickets  A,B     ot     oT     .      .
-- tickets  C       o      oT     .      .
