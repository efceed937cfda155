create table public.wishlists (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  product_id uuid not null references public.products (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.wishlists is 'Products a customer wants to remember.';
create index wishlists_user_id_idx on public.wishlists (user_id);
create index wishlists_product_id_idx on public.wishlists (product_id);
create trigger wishlists_updated_at before update on public.wishlists
  for each row execute function internal.set_updated_at();
grant select, insert, delete on public.wishlists to authenticated;
-- Defect: the policy is there, `enable row level security` is not: nobody is held back by it.
create policy "customers manage their own wishlist" on public.wishlists
  for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
