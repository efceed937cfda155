select
  n.nspname as name,
  pg_catalog.pg_get_userbyid(n.nspowner) as owner,
  coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))::text[] as acl,
  pg_catalog.obj_description(n.oid, 'pg_namespace') as comment,
  e.extname as extension,
  coalesce(ns.platform, true) as platform
from pg_catalog.pg_namespace n
left join (:namespaces) ns on ns.oid = n.oid
left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e'
left join pg_catalog.pg_extension e on e.oid = d.refobjid
where n.nspname !~ '^pg_(toast|temp)'
order by n.nspname
