-- The classic slip: the policy asks whether the caller is a member of some team, not of the row's team.
create table public.orgs (id int primary key, name text not null);
create table public.memberships (id int generated always as identity primary key, org_id int not null references public.orgs, user_id uuid not null references auth.users, unique (org_id, user_id));
create table public.invoices (id int generated always as identity primary key, org_id int not null references public.orgs, total numeric not null);
alter table public.orgs enable row level security;
alter table public.memberships enable row level security;
alter table public.invoices enable row level security;
create policy "own memberships" on public.memberships for select to authenticated using (user_id = (select auth.uid()));
create policy "members see their org" on public.orgs for select to authenticated using (exists (select 1 from public.memberships m where m.org_id = orgs.id and m.user_id = (select auth.uid())));
create policy "members read invoices" on public.invoices for select to authenticated using (exists (select 1 from public.memberships m where m.org_id = m.org_id and m.user_id = (select auth.uid())));
create policy "members write invoices" on public.invoices for update to authenticated using (org_id in (select m.org_id from public.memberships m where m.user_id = (select auth.uid())));

-- truth        who     select insert update delete
-- orgs         anon    .      .      .      .
-- orgs         A,B,C   o      .      .      .
-- memberships  anon    .      .      .      .
-- memberships  A,B,C   o      .      .      .
-- invoices     anon    .      .      .      .
-- invoices     A,B     otf    .      ot     .
-- invoices     C       of     .      o      .
-- An UPDATE that moves an invoice to another org is held back by USING, which stands in for WITH CHECK.
