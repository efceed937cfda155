insert into public.shipments (order_id, carrier_id, handed_over)
select id, 1 + row_number() over (order by id) % 2, created_at + interval '1 day' from public.orders where status in ('shipped', 'delivered');
-- Defects: three parcels of orders that do not exist, and four of a carrier that does not.
insert into public.shipments (order_id, carrier_id, handed_over)
select md5('no such order ' || n)::uuid, 1, now() - interval '40 days' from generate_series(1, 3) as n;
alter table public.shipments drop constraint shipments_carrier_id_fkey;
update public.shipments set carrier_id = 7 where id in (select id from public.shipments order by id limit 4);
alter table public.shipments
  add constraint shipments_carrier_id_fkey foreign key (carrier_id) references public.carriers (id) on delete restrict not valid;
