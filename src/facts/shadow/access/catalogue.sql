-- Relations of the project and storage.objects, as one JSON document each: privileges of each persona's role, policies, sources.
with roles as (
  select r.rolname, r.oid from pg_catalog.pg_roles r where r.rolname = any ($1::text[])
),
listed as (
  select c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relrowsecurity
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm') and c.relpersistence <> 't'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and (n.nspname <> all ($2::text[]) or (n.nspname = 'storage' and c.relname = 'objects'))
    and not exists (select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
)
select
  c.oid::text as oid,
  c.nspname as schema,
  c.relname as name,
  c.relkind as kind,
  c.relispartition as partition,
  c.relrowsecurity as rls,
  case when c.relkind = 'v' then pg_catalog.pg_relation_is_updatable(c.oid, true) else 0 end as updatable,
  coalesce((select json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns,
  coalesce((select json_object_agg(r.rolname, json_build_object(
      'select', (select coalesce(json_agg(a.attname) filter (where pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'select')), '[]')
        from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      'insert', (select coalesce(json_agg(a.attname) filter (where pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'insert')), '[]')
        from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      'update', (select coalesce(json_agg(a.attname) filter (where pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'update')), '[]')
        from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      'reachable', pg_catalog.has_schema_privilege(r.oid, c.nspname, 'usage')
        and (pg_catalog.has_any_column_privilege(r.oid, c.oid, 'select, insert, update') or pg_catalog.has_table_privilege(r.oid, c.oid, 'delete'))))
    from roles r), '{}') as privileges,
  coalesce((select json_agg(json_build_object(
      'name', p.polname, 'command', p.polcmd,
      'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
      'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) order by p.polname)
    from pg_catalog.pg_policy p where p.polrelid = c.oid), '[]') as policies,
  -- What a view reads, and the root a partition belongs to.
  coalesce(case
    when c.relispartition then (select json_agg(t.relid::oid::text) from pg_catalog.pg_partition_ancestors(c.oid) t where t.relid <> c.oid)
    else (select json_agg(distinct d.refobjid::text) from pg_catalog.pg_rewrite w
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> c.oid
      where w.ev_class = c.oid)
  end, '[]') as sources
from listed c
order by c.nspname, c.relname
