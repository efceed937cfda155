-- Each `=>` names what the statement on its line decided for good: an object, or `aspect @ object`.
create schema inner_parts; -- => schema final_parts
create extension if not exists citext with schema extensions; -- => extension citext

create table old_orders ( -- => table public.orders
  id bigint generated always as identity primary key, -- => column public.orders.id; constraint old_orders_pkey on public.orders; index old_orders_pkey on public.orders
  user_id uuid references auth.users (id), -- => column public.orders.customer_id; constraint old_orders_user_id_fkey on public.orders
  total float,
  note text default 'none', -- => column public.orders.note
  gone text,
  constraint positive check (total > 0) -- => constraint above_zero on public.orders
);
comment on table old_orders is 'first wording';
alter table old_orders enable row level security;
create policy "old name" on old_orders for select using (true);
create policy dropped on old_orders for delete using (true);
create index by_total on old_orders (total); -- => index by_sum on public.orders
create unique index dropped_index on old_orders (note);

create table twice (id int);
drop table twice;
create table twice (id int primary key); -- => table public.twice; column public.twice.id; constraint twice_pkey on public.twice

create table moved (id int); -- => table final_parts.moved; column final_parts.moved.id
create type mood as enum ('good', 'bad'); -- => type public.humour
create sequence counter; -- => sequence public.tally

create function f(a int) returns int language sql as 'select 1';
create function f(a text) returns int language sql as 'select 1'; -- => function public.f(a text)
create function plain() returns int language sql as 'select 1'; -- => function public.renamed()
create function touch() returns trigger language plpgsql as $$ begin new.note = 'x'; return new; end $$; -- => function public.touch()

create view seen as select id from old_orders;
create trigger first_name before update on old_orders for each row execute function touch(); -- => trigger touching on public.orders
