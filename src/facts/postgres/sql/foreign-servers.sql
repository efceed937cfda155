-- Wrappers, servers and the roles that have a mapping. A mapping's options are passwords: they are not read.
select
  s.srvname as name,
  w.fdwname as wrapper,
  pg_catalog.pg_get_userbyid(s.srvowner) as owner,
  s.srvtype as type,
  s.srvversion as version,
  coalesce(s.srvoptions, '{}') as options,
  coalesce(s.srvacl, pg_catalog.acldefault('S', s.srvowner))::text[] as acl,
  coalesce((
    select pg_catalog.array_agg(m.usename::text order by m.usename)
    from pg_catalog.pg_user_mappings m
    where m.srvid = s.oid
  ), '{}') as mappings,
  e.extname as extension
from pg_catalog.pg_foreign_server s
join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
left join pg_catalog.pg_depend d
  on d.classid = 'pg_catalog.pg_foreign_server'::regclass and d.objid = s.oid and d.deptype = 'e'
left join pg_catalog.pg_extension e on e.oid = d.refobjid
order by s.srvname
