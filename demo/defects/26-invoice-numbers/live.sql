-- Defect: nine tenths of what an integer holds are used up.
alter table public.invoice_numbers alter column id restart with 1960000000;
insert into public.invoice_numbers (order_id) select id from public.orders order by id limit 30;
