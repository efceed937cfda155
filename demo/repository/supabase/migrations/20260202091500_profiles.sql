create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text not null default '' check (char_length(display_name) <= 80),
  avatar_path text check (char_length(avatar_path) <= 300),
  locale text not null default 'en' check (locale in ('en', 'de', 'fr', 'nl')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.profiles is 'What a customer shows of themselves. Personal data. One row per user, made by a trigger on auth.users.';

alter table public.profiles enable row level security;
grant select, update (display_name, avatar_path, locale) on public.profiles to authenticated;

create policy "customers read their own profile" on public.profiles
  for select to authenticated using (id = (select auth.uid()));
create policy "customers change their own profile" on public.profiles
  for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));

create trigger profiles_updated_at before update on public.profiles
  for each row execute function internal.set_updated_at();

create function internal.handle_new_user() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.profiles (id, display_name)
  values (new.id, left(coalesce(new.raw_user_meta_data ->> 'full_name', ''), 80))
  on conflict (id) do nothing;
  return new;
end;
$$;
comment on function internal.handle_new_user() is 'Trigger on auth.users: every new user gets a profile, with or without a name.';

create trigger on_auth_user_created after insert on auth.users
  for each row execute function internal.handle_new_user();

create table public.addresses (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  recipient text not null check (char_length(recipient) between 1 and 120),
  street text not null check (char_length(street) between 1 and 200),
  postcode text not null check (char_length(postcode) between 3 and 12),
  city text not null check (char_length(city) between 1 and 120),
  country text not null check (country ~ '^[A-Z]{2}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.addresses is 'Delivery addresses. Personal data; deleted with the user.';
create index addresses_user_id_idx on public.addresses (user_id);

alter table public.addresses enable row level security;
grant select, insert, update, delete on public.addresses to authenticated;
create policy "customers manage their own addresses" on public.addresses
  for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create trigger addresses_updated_at before update on public.addresses
  for each row execute function internal.set_updated_at();
