-- Defect: deleting an order now deletes what was paid for it.
alter table public.payments
  drop constraint payments_order_id_fkey,
  add constraint payments_order_id_fkey foreign key (order_id) references public.orders (id) on delete cascade;
