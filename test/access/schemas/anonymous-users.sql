-- Anonymous sign-ins read and keep a cart, but only permanent users order.
create table public.carts (id int generated always as identity primary key, user_id uuid not null default auth.uid() references auth.users, items jsonb not null default '[]');
create table public.orders (id int generated always as identity primary key, user_id uuid not null default auth.uid() references auth.users, total numeric not null default 0);
alter table public.carts enable row level security;
alter table public.orders enable row level security;
create policy "own cart" on public.carts for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "own orders" on public.orders for select to authenticated using (user_id = (select auth.uid()));
create policy "order" on public.orders for insert to authenticated with check (user_id = (select auth.uid()));
create policy "permanent users order" on public.orders as restrictive for insert to authenticated with check ((select (auth.jwt() ->> 'is_anonymous')::boolean) is false);

-- truth   who        select insert update delete
-- carts   anon       .      .      .      .
-- carts   A,B,C      o      o      o      o
-- orders  anon       .      .      .      .
-- orders  A,B,C      o      o      .      .
-- orders  anonymous  o      .      .      .
