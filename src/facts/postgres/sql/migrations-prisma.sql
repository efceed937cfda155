select
  'prisma' as tool,
  m.migration_name as version,
  null as name,
  m.checksum as digest,
  m.finished_at is not null and m.rolled_back_at is null as complete
from :prisma_migrations m
order by m.migration_name collate "C", m.started_at
