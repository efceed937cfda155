select
  'drizzle' as tool,
  m.hash as version,
  null as name,
  m.hash as digest,
  m.created_at::float8 as "when",
  true as complete,
  false as "rolledBack",
  false as "upTo"
from :drizzle_migrations m
order by m.created_at, m.id
