create table public.stock_levels (
  product_id uuid primary key references public.products (id) on delete cascade,
  purchase_price_cents integer not null check (purchase_price_cents >= 0),
  quantity integer not null check (quantity >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.stock_levels is 'Stock, and what it cost.';
create trigger stock_levels_updated_at before update on public.stock_levels
  for each row execute function internal.set_updated_at();
grant select on public.stock_levels to authenticated;
-- Defect: published without row level security: every change, with purchase prices, is broadcast to whoever listens.
alter publication supabase_realtime add table public.stock_levels;
