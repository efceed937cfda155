-- Defect: checked for new rows only; the old ones were never looked at.
alter table public.shipments
  add constraint shipments_carrier_id_fkey foreign key (carrier_id) references public.carriers (id) on delete restrict not valid;
