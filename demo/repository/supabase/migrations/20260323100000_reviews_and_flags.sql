create table public.reviews (
  id uuid primary key default gen_random_uuid(),
  product_id uuid not null references public.products (id) on delete cascade,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  rating integer not null check (rating between 1 and 5),
  body text not null check (char_length(body) between 1 and 2000),
  published boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (product_id, user_id)
);
comment on table public.reviews is 'One review per customer and product; shown once staff has published it.';
create index reviews_user_id_idx on public.reviews (user_id);

create table public.feature_flags (
  key text primary key check (key ~ '^[a-z0-9_]{1,60}$'),
  enabled boolean not null default false,
  description text not null default '' check (char_length(description) <= 300),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.feature_flags is 'Switches of the shop. Readable by everybody, changed by staff.';

alter table public.reviews enable row level security;
alter table public.feature_flags enable row level security;

grant select on public.reviews, public.feature_flags to anon, authenticated;
grant insert (product_id, rating, body), update (rating, body), delete on public.reviews to authenticated;

create policy "visitors read published reviews" on public.reviews
  for select to anon using (published);
create policy "customers read published reviews and their own" on public.reviews
  for select to authenticated using (published or user_id = (select auth.uid()));
create policy "customers write their own reviews" on public.reviews
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "customers change their own reviews" on public.reviews
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "customers delete their own reviews" on public.reviews
  for delete to authenticated using (user_id = (select auth.uid()));
create policy "everybody reads the flags" on public.feature_flags
  for select to anon, authenticated using (true);

create trigger reviews_updated_at before update on public.reviews
  for each row execute function internal.set_updated_at();
create trigger feature_flags_updated_at before update on public.feature_flags
  for each row execute function internal.set_updated_at();
