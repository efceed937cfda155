create table public.categories (
  id bigint generated always as identity primary key,
  slug text not null unique check (slug ~ '^[a-z0-9-]{1,60}$'),
  name text not null check (char_length(name) between 1 and 80),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.categories is 'Shelves of the shop. Public.';

create table public.products (
  id uuid primary key default gen_random_uuid(),
  category_id bigint not null references public.categories (id) on delete restrict,
  slug text not null unique check (slug ~ '^[a-z0-9-]{1,80}$'),
  name text not null check (char_length(name) between 1 and 120),
  description text not null default '' check (char_length(description) <= 4000),
  price_cents integer not null check (price_cents >= 0),
  currency text not null default 'EUR' check (currency in ('EUR', 'USD', 'GBP')),
  stock integer not null default 0 check (stock >= 0),
  active boolean not null default true,
  image_path text check (char_length(image_path) <= 300),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.products is 'What is for sale. Public while active.';
create index products_category_id_idx on public.products (category_id);

alter table public.categories enable row level security;
alter table public.products enable row level security;
grant select on public.categories, public.products to anon, authenticated;
create policy "everybody sees the categories" on public.categories
  for select to anon, authenticated using (true);
create policy "everybody sees active products" on public.products
  for select to anon, authenticated using (active);

create trigger categories_updated_at before update on public.categories
  for each row execute function internal.set_updated_at();
create trigger products_updated_at before update on public.products
  for each row execute function internal.set_updated_at();
