-- Defect: no migration knows it, so the next environment will not have it.
alter publication supabase_realtime add table public.reviews;
