create view public.order_summaries
with (security_invoker = on)
as
select
  orders.id,
  orders.status,
  orders.total_cents,
  orders.currency,
  orders.created_at,
  count(items.product_id) as lines
from public.orders
left join public.order_items as items on items.order_id = orders.id
group by orders.id;
comment on view public.order_summaries is 'The customer''s order history. Runs with the caller''s rights, so RLS of orders holds.';
grant select on public.order_summaries to authenticated;

create materialized view internal.sales_by_day as
select
  date_trunc('day', orders.created_at) as day,
  orders.currency,
  count(*) as orders,
  sum(orders.total_cents) as total_cents
from public.orders
where orders.status <> 'cancelled'
group by 1, 2;
comment on materialized view internal.sales_by_day is 'For the Monday meeting. Refreshed every night.';
create unique index sales_by_day_key on internal.sales_by_day (day, currency);
