-- dbmate keeps every version, golang-migrate only the last one and whether it broke off.
select
  'sql' as tool,
  m.version::text as version,
  null as name,
  null as digest,
  null::float8 as "when",
  not :is_dirty as complete,
  false as "rolledBack",
  :is_last as "upTo"
from :numbered_migrations m
order by m.version::text collate "C"
