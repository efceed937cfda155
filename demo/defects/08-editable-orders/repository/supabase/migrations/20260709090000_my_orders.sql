-- Defect: a simple view is writable, and this one writes with its owner's rights, past the policies of orders.
create view public.my_orders as
select orders.id, orders.status, orders.total_cents, orders.created_at from public.orders;
comment on view public.my_orders is 'Orders, for the app.';
grant select, update on public.my_orders to authenticated;
