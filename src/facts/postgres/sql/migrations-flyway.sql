-- Repeatable migrations have no version.
select
  'sql' as tool,
  m.version::text as version,
  m.description::text as name,
  null as digest,
  null::float8 as "when",
  m.success as complete,
  false as "rolledBack",
  false as "upTo"
from :flyway_migrations m
where m.version is not null and m.type in ('SQL', 'BASELINE', 'SQL_BASELINE')
order by m.installed_rank
