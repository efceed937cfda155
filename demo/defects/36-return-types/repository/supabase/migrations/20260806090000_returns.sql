-- Defect: no type was ever inserted, so no return can be.
create table public.return_types (
  id bigint generated always as identity primary key,
  label text not null unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.return_types is 'Why something comes back.';
create table public.returns (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null references public.orders (id) on delete restrict,
  type_id bigint not null references public.return_types (id) on delete restrict,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.returns is 'What comes back.';
create index returns_order_id_idx on public.returns (order_id);
create index returns_type_id_idx on public.returns (type_id);
create trigger return_types_updated_at before update on public.return_types
  for each row execute function internal.set_updated_at();
create trigger returns_updated_at before update on public.returns
  for each row execute function internal.set_updated_at();
alter table public.return_types enable row level security;
alter table public.returns enable row level security;
grant select on public.return_types, public.returns to authenticated;
create policy "everybody reads the types" on public.return_types for select to authenticated using (true);
create policy "customers read their own returns" on public.returns
  for select to authenticated
  using (order_id in (select orders.id from public.orders where orders.user_id = (select auth.uid())));
