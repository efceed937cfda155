select
  'prisma' as tool,
  m.migration_name as version,
  null as name,
  m.checksum as digest,
  null::float8 as "when",
  m.finished_at is not null and m.rolled_back_at is null as complete,
  m.rolled_back_at is not null as "rolledBack",
  false as "upTo"
from :prisma_migrations m
order by m.migration_name collate "C", m.started_at
