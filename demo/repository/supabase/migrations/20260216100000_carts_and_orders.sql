create table public.carts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null unique default auth.uid() references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.carts is 'One open cart per customer. Emptied by place_order(), purged after 90 days.';

create table public.cart_items (
  cart_id uuid not null references public.carts (id) on delete cascade,
  product_id uuid not null references public.products (id) on delete cascade,
  quantity integer not null default 1 check (quantity between 1 and 99),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (cart_id, product_id)
);
comment on table public.cart_items is 'Lines of a cart.';
create index cart_items_product_id_idx on public.cart_items (product_id);

create type public.order_status as enum ('pending', 'paid', 'shipped', 'delivered', 'cancelled');

create table public.orders (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete set null,
  address_id uuid references public.addresses (id) on delete set null,
  status public.order_status not null default 'pending',
  total_cents integer not null check (total_cents >= 0),
  currency text not null default 'EUR' check (currency in ('EUR', 'USD', 'GBP')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.orders is 'Orders placed. Kept ten years for the tax office; loses its customer when the account is deleted.';
create index orders_user_id_idx on public.orders (user_id);
create index orders_address_id_idx on public.orders (address_id);

create table public.order_items (
  order_id uuid not null references public.orders (id) on delete restrict,
  product_id uuid not null references public.products (id) on delete restrict,
  quantity integer not null check (quantity between 1 and 99),
  unit_price_cents integer not null check (unit_price_cents >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (order_id, product_id)
);
comment on table public.order_items is 'Lines of an order, at the price of the day.';
create index order_items_product_id_idx on public.order_items (product_id);

alter table public.carts enable row level security;
alter table public.cart_items enable row level security;
alter table public.orders enable row level security;
alter table public.order_items enable row level security;

grant select, insert, delete on public.carts to authenticated;
grant select, insert, update, delete on public.cart_items to authenticated;
grant select on public.orders, public.order_items to authenticated;

create policy "customers manage their own cart" on public.carts
  for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "customers manage the lines of their own cart" on public.cart_items
  for all to authenticated
  using (cart_id in (select carts.id from public.carts where carts.user_id = (select auth.uid())))
  with check (cart_id in (select carts.id from public.carts where carts.user_id = (select auth.uid())));
create policy "customers read their own orders" on public.orders
  for select to authenticated using (user_id = (select auth.uid()));
create policy "customers read the lines of their own orders" on public.order_items
  for select to authenticated
  using (order_id in (select orders.id from public.orders where orders.user_id = (select auth.uid())));

create trigger carts_updated_at before update on public.carts
  for each row execute function internal.set_updated_at();
create trigger cart_items_updated_at before update on public.cart_items
  for each row execute function internal.set_updated_at();
create trigger orders_updated_at before update on public.orders
  for each row execute function internal.set_updated_at();
create trigger order_items_updated_at before update on public.order_items
  for each row execute function internal.set_updated_at();

-- Orders are written by this function only: prices come from the shelf, never from the browser.
create function internal.place_order(cart uuid, address uuid) returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  customer uuid := auth.uid();
  new_order uuid;
begin
  if customer is null then
    raise exception 'sign in to place an order' using errcode = '42501';
  end if;
  if not exists (select from public.carts where id = cart and user_id = customer)
     or not exists (select from public.addresses where id = address and user_id = customer) then
    raise exception 'this cart or address is not yours' using errcode = '42501';
  end if;

  insert into public.orders (user_id, address_id, total_cents)
  select customer, address, sum(items.quantity * products.price_cents)
  from public.cart_items as items
  join public.products on products.id = items.product_id and products.active
  where items.cart_id = cart
  having count(*) > 0
  returning id into new_order;

  if new_order is null then
    raise exception 'the cart is empty' using errcode = 'P0002';
  end if;

  insert into public.order_items (order_id, product_id, quantity, unit_price_cents)
  select new_order, items.product_id, items.quantity, products.price_cents
  from public.cart_items as items
  join public.products on products.id = items.product_id and products.active
  where items.cart_id = cart;

  delete from public.cart_items where cart_id = cart;
  return new_order;
end;
$$;
comment on function internal.place_order(uuid, uuid) is 'Turns the caller''s cart into an order. Checks that cart and address are the caller''s.';
grant execute on function internal.place_order(uuid, uuid) to authenticated;

create function public.place_order(cart uuid, address uuid) returns uuid
language sql
set search_path = ''
as $$ select internal.place_order(cart, address) $$;
comment on function public.place_order(uuid, uuid) is 'RPC of the checkout page.';
revoke execute on function public.place_order(uuid, uuid) from public, anon;
grant execute on function public.place_order(uuid, uuid) to authenticated;
