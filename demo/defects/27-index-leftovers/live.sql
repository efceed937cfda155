-- Defect: what a CREATE INDEX CONCURRENTLY leaves behind when it is interrupted.
-- as supabase_admin
update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.reviews_rating_idx'::regclass;
