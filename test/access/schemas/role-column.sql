-- A role in the profile decides: administrators see everything, everybody else their own orders. Nobody of the users tried is one.
create type public.app_role as enum ('admin', 'customer');
create table public.profiles (id uuid primary key references auth.users on delete cascade, role public.app_role not null default 'customer', nickname text);
create function public.new_user() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.profiles (id) values (new.id); return new; end $$;
create trigger new_user after insert on auth.users for each row execute function public.new_user();
create table public.orders (id bigint generated always as identity primary key, customer_id uuid not null references public.profiles, total numeric not null default 0);
create function public.is_admin() returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.profiles p where p.id = auth.uid() and p.role = 'admin') $$;
alter table public.profiles enable row level security;
alter table public.orders enable row level security;
create policy "own profile" on public.profiles for select to authenticated using (id = (select auth.uid()) or public.is_admin());
create policy "change own profile" on public.profiles for update to authenticated using (id = (select auth.uid()));
create policy "own orders" on public.orders for select to authenticated using (customer_id = (select auth.uid()) or public.is_admin());
create policy "place orders" on public.orders for insert to authenticated with check (customer_id = (select auth.uid()));
create policy "admins change orders" on public.orders for update to authenticated using (public.is_admin());

-- truth     who     select insert update delete
-- profiles  anon    .      .      .      .
-- profiles  A,B,C   o      .      o      .
-- orders    anon    .      .      .      .
-- orders    A,B,C   o      o      .      .
