-- The digest is the stored statements' text here; the collector takes their sha256 as it does of a migration file.
select
  'supabase' as tool,
  m.version,
  :migration_name as name,
  :migration_digest as digest,
  true as complete
from supabase_migrations.schema_migrations m
order by m.version collate "C"
