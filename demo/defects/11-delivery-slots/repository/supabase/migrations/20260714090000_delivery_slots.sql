create table public.delivery_slots (
  id bigint generated always as identity primary key,
  day date not null,
  starts_at time not null,
  capacity integer not null check (capacity >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (day, starts_at)
);
comment on table public.delivery_slots is 'When the van comes.';
create trigger delivery_slots_updated_at before update on public.delivery_slots
  for each row execute function internal.set_updated_at();
alter table public.delivery_slots enable row level security;
grant select on public.delivery_slots to authenticated;
-- Defects: auth.role() instead of TO, and called again for every row.
create policy "signed-in customers see the slots" on public.delivery_slots
  for select using (auth.role() = 'authenticated');
