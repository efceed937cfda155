-- goose writes a row for each way it went; the last one holds. Version 0 is its beginning.
select
  'sql' as tool,
  g.version_id::text as version,
  null as name,
  null as digest,
  null::float8 as "when",
  true as complete,
  false as "rolledBack",
  false as "upTo"
from (
  select distinct on (m.version_id) m.version_id, m.is_applied
  from :goose_migrations m
  order by m.version_id, m.id desc
) g
where g.is_applied and g.version_id > 0
order by g.version_id
