select
  e.extname as name,
  e.extversion as version,
  a.default_version as "defaultVersion",
  n.nspname as schema,
  e.extrelocatable as relocatable,
  coalesce(ds.description like 'supaready shim%', false) as shim
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
left join pg_catalog.pg_available_extensions() a on a.name = e.extname
left join pg_catalog.pg_description ds
  on ds.classoid = 'pg_catalog.pg_extension'::regclass and ds.objoid = e.oid and ds.objsubid = 0
order by e.extname
