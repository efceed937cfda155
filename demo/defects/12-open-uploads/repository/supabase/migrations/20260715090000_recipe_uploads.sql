-- Defects: a public bucket that takes any file of any size, and a policy that lets everybody write to every bucket.
insert into storage.buckets (id, name, public) values ('recipes', 'recipes', true) on conflict (id) do nothing;
create policy "customers share recipes" on storage.objects for insert to authenticated with check (true);
-- Defect: a public bucket needs no SELECT policy to be read by URL; this one lists it.
create policy "everybody lists recipes" on storage.objects
  for select to anon, authenticated using (bucket_id = 'recipes');
