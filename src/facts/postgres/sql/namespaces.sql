-- Fragment: schemas whose objects are collected, with the mark of those that Supabase or an extension keeps.
select
  n.oid,
  n.nspname,
  n.nspname = any (:platform_schemas)
    or (n.nspname = any (:extension_schemas) and exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e'
    )) as platform
from pg_catalog.pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
