import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fk-missing-implied',
  silent: `
    create table public.customers (id uuid primary key, stripe_customer_id text);
    create table public.categories (id bigint primary key);
    create table public.orders (
      id uuid primary key, customer_id uuid references public.customers (id), session_id text, category_id uuid, user_id text,
      target_type text, target_id uuid
    );
    create table public.targets (id uuid primary key);
    create table public.audit_log (id bigint primary key, customer_id uuid, user_id uuid);
    create view public.v as select customer_id from public.orders;
  `,
  defect: `
    create table public.coupons (id uuid primary key);
    create table public.order_items (id uuid primary key, order_id uuid, "couponId" uuid, user_id uuid, category_id bigint);
  `,
  expect: [
    { object: 'public.order_items.order_id', severity: 'medium' },
    { object: 'public.order_items."couponId"', severity: 'medium' },
    { object: 'public.order_items.user_id', severity: 'medium' },
    { object: 'public.order_items.category_id', severity: 'medium' },
  ],
} satisfies CheckFixture;
