with ns as materialized (:namespaces)
select
  ns.nspname as schema,
  c.relname as relation,
  a.attname as name,
  a.attnum as position,
  pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
  a.attnotnull as "notNull",
  -- With the relation named, every call reads all its columns: only a generated column's expression needs it.
  case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, 0) else pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "default",
  a.attidentity as identity,
  a.attgenerated as generated,
  a.attacl::text[] as acl,
  ds.description as comment
from pg_catalog.pg_class c
join ns on ns.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
left join pg_catalog.pg_description ds
  on ds.classoid = 'pg_catalog.pg_class'::regclass and ds.objoid = c.oid and ds.objsubid = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f')
order by ns.nspname, c.relname, a.attnum
