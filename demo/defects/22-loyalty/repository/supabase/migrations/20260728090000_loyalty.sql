create table public.loyalty_points (
  id uuid primary key default gen_random_uuid(),
  -- Defects: no ON DELETE, so a customer with points cannot be deleted; and no index under the key.
  user_id uuid not null references auth.users (id),
  points integer not null default 0 check (points >= 0)
  -- Defect: neither created_at nor updated_at.
);
comment on table public.loyalty_points is 'Points for regulars.';
alter table public.loyalty_points enable row level security;
grant select on public.loyalty_points to authenticated;
create policy "customers read their own points" on public.loyalty_points
  for select to authenticated using (user_id = (select auth.uid()));
