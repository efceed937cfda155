select
  'drizzle' as tool,
  m.hash as version,
  null as name,
  m.hash as digest,
  true as complete
from drizzle.__drizzle_migrations m
order by m.created_at, m.id
