-- The digest is the stored statements' text here; the collector takes its digests as it does of a migration file.
select
  'supabase' as tool,
  m.version,
  :migration_name as name,
  :migration_digest as digest,
  null::float8 as "when",
  true as complete,
  false as "rolledBack",
  false as "upTo"
from supabase_migrations.schema_migrations m
order by m.version collate "C"
