-- Statements trimmed as the Supabase CLI stores them, so that the digest compares with a migration file's.
select
  'supabase' as tool,
  m.version,
  :migration_name as name,
  :migration_digest as digest,
  true as complete
from supabase_migrations.schema_migrations m
order by m.version collate "C"
