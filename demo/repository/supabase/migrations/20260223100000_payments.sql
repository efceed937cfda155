-- Written by the edge function stripe-webhook (service_role), read by the customer they belong to.

create table public.payments (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null references public.orders (id) on delete restrict,
  stripe_payment_intent_id text not null unique,
  amount_cents integer not null check (amount_cents >= 0),
  currency text not null default 'EUR' check (currency in ('EUR', 'USD', 'GBP')),
  status text not null check (status in ('pending', 'succeeded', 'failed', 'refunded')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.payments is 'Payments as Stripe reports them. Kept ten years.';
create index payments_order_id_idx on public.payments (order_id);

create table public.subscriptions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete set null,
  stripe_subscription_id text not null unique,
  plan text not null check (plan in ('box-small', 'box-large')),
  status text not null check (status in ('active', 'past_due', 'cancelled')),
  current_period_end timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.subscriptions is 'The monthly box: who gets it, and until when it is paid.';
create index subscriptions_user_id_idx on public.subscriptions (user_id);

create table public.webhook_events (
  id bigint generated always as identity primary key,
  event_id text not null unique,
  type text not null,
  processed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.webhook_events is 'Stripe events already handled; the unique event_id makes a replay harmless. Server only.';

create table public.coupons (
  id uuid primary key default gen_random_uuid(),
  code text not null unique check (code ~ '^[A-Z0-9]{4,20}$'),
  discount_percent integer not null check (discount_percent between 1 and 90),
  valid_until timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.coupons is 'Discount codes. Server only: a customer asks coupon_discount() for one code.';

alter table public.payments enable row level security;
alter table public.subscriptions enable row level security;
alter table public.webhook_events enable row level security;
alter table public.coupons enable row level security;

grant select on public.payments, public.subscriptions to authenticated;
create policy "customers read the payments of their own orders" on public.payments
  for select to authenticated
  using (order_id in (select orders.id from public.orders where orders.user_id = (select auth.uid())));
create policy "customers read their own subscriptions" on public.subscriptions
  for select to authenticated using (user_id = (select auth.uid()));

create trigger payments_updated_at before update on public.payments
  for each row execute function internal.set_updated_at();
create trigger subscriptions_updated_at before update on public.subscriptions
  for each row execute function internal.set_updated_at();
create trigger webhook_events_updated_at before update on public.webhook_events
  for each row execute function internal.set_updated_at();
create trigger coupons_updated_at before update on public.coupons
  for each row execute function internal.set_updated_at();

create function internal.coupon_discount(coupon_code text) returns integer
language sql
stable
security definer
set search_path = ''
as $$
  select discount_percent
  from public.coupons
  where code = upper(coupon_code) and valid_until > now() and auth.uid() is not null
$$;
comment on function internal.coupon_discount(text) is 'Percent off for one valid code; null otherwise. Signed-in callers only.';
grant execute on function internal.coupon_discount(text) to authenticated;

create function public.coupon_discount(coupon_code text) returns integer
language sql
stable
set search_path = ''
as $$ select internal.coupon_discount(coupon_code) $$;
comment on function public.coupon_discount(text) is 'RPC of the cart page.';
revoke execute on function public.coupon_discount(text) from public, anon;
grant execute on function public.coupon_discount(text) to authenticated;
