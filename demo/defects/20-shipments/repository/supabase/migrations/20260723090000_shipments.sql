create table public.carriers (
  id bigint generated always as identity primary key,
  name text not null unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.carriers is 'Who drives.';
create trigger carriers_updated_at before update on public.carriers
  for each row execute function internal.set_updated_at();
insert into public.carriers (name) values ('Havenkoerier'), ('Noordpost');

create table public.shipments (
  id uuid primary key default gen_random_uuid(),
  -- Defect: looks like orders(id), points at nothing in particular.
  order_id uuid not null,
  carrier_id bigint not null,
  -- Defect: no time zone: the hour is whoever's.
  handed_over timestamp without time zone,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.shipments is 'Parcels.';
create index shipments_order_id_idx on public.shipments (order_id);
create index shipments_carrier_id_idx on public.shipments (carrier_id);
create trigger shipments_updated_at before update on public.shipments
  for each row execute function internal.set_updated_at();
alter table public.carriers enable row level security;
alter table public.shipments enable row level security;
grant select on public.carriers, public.shipments to authenticated;
create policy "everybody knows the carriers" on public.carriers for select to authenticated using (true);
create policy "customers follow their parcels" on public.shipments
  for select to authenticated
  using (order_id in (select orders.id from public.orders where orders.user_id = (select auth.uid())));
