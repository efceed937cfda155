-- Defect: made by hand "for a moment" in August; no migration knows it.
create table public.price_import (
  id bigint generated always as identity primary key,
  slug text not null,
  price_cents integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.price_import is 'Temporary.';
create trigger price_import_updated_at before update on public.price_import
  for each row execute function internal.set_updated_at();
alter table public.price_import enable row level security;
