with ns as materialized (:namespaces),
reads as materialized (
  select c.oid, pg_catalog.json_agg(distinct pg_catalog.jsonb_build_array(n.nspname, r.relname)) as relations
  from pg_catalog.pg_class c
  join ns on ns.oid = c.relnamespace
  join pg_catalog.pg_rewrite w on w.ev_class = c.oid and w.ev_type = '1'
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> c.oid
  join pg_catalog.pg_class r on r.oid = d.refobjid and r.relkind in ('r', 'p', 'v', 'm', 'f')
  join pg_catalog.pg_namespace n on n.oid = r.relnamespace
  where c.relkind in ('v', 'm')
  group by c.oid
)
select
  ns.nspname as schema,
  c.relname as name,
  c.relkind = 'm' as materialized,
  pg_catalog.pg_get_viewdef(c.oid) as definition,
  coalesce(reads.relations, '[]') as reads,
  ns.platform
from pg_catalog.pg_class c
join ns on ns.oid = c.relnamespace
left join reads on reads.oid = c.oid
where c.relkind in ('v', 'm')
order by ns.nspname, c.relname
