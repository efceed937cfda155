-- The tenant is part of every key.
create table public.companies (id int primary key, name text not null);
create table public.company_users (company_id int not null references public.companies, user_id uuid not null references auth.users, primary key (company_id, user_id));
create table public.products (company_id int not null references public.companies, id int not null, name text not null, primary key (company_id, id));
create table public.stock (company_id int not null, product_id int not null, amount int not null default 0, primary key (company_id, product_id), foreign key (company_id, product_id) references public.products);
alter table public.companies enable row level security;
alter table public.company_users enable row level security;
alter table public.products enable row level security;
alter table public.stock enable row level security;
create policy "own" on public.company_users for select to authenticated using (user_id = (select auth.uid()));
create policy "company" on public.products for all to authenticated using (company_id in (select c.company_id from public.company_users c where c.user_id = (select auth.uid())));
create policy "company" on public.stock for select to authenticated using (exists (select 1 from public.company_users c where c.company_id = stock.company_id and c.user_id = (select auth.uid())));

-- truth          who     select insert update delete
-- companies      anon    .      .      .      .
-- companies      A,B,C   .      .      .      .
-- company_users  anon    .      .      .      .
-- company_users  A,B,C   o      .      .      .
-- products       anon    .      .      .      .
-- products       A,B     ot     ot     ot     ot
-- products       C       o      o      o      o
-- stock          anon    .      .      .      .
-- stock          A,B     ot     .      .      .
-- stock          C       o      .      .      .
