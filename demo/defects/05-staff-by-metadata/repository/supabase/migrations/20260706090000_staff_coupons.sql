grant select, insert, update on public.coupons to authenticated;
-- Defect: user_metadata is written by the user: everybody can call themselves staff.
create policy "staff manage coupons" on public.coupons
  for all to authenticated
  using (((select auth.jwt()) -> 'user_metadata' ->> 'role') = 'staff')
  with check (((select auth.jwt()) -> 'user_metadata' ->> 'role') = 'staff');
