select
  e.extname as name,
  e.extversion as version,
  a.default_version as "defaultVersion",
  n.nspname as schema,
  e.extrelocatable as relocatable,
  pg_catalog.pg_get_userbyid(e.extowner) as owner,
  -- What facts/shadow/shims.ts gives its stand-ins.
  e.extversion = 'shim' as shim
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
left join pg_catalog.pg_available_extensions() a on a.name = e.extname
order by e.extname
