with ns as materialized (:namespaces),
owned as materialized (
  select d.objid, e.extname
  from pg_catalog.pg_extension e
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
  where d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e'
),
parents as materialized (
  select i.inhrelid, pg_catalog.json_agg(pg_catalog.json_build_array(pn.nspname, p.relname) order by i.inhseqno) as parents
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class p on p.oid = i.inhparent and p.relkind in ('r', 'p', 'f')
  join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
  group by i.inhrelid
)
select
  ns.nspname as schema,
  c.relname as name,
  case c.relkind
    when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
    when 'm' then 'materialized view' else 'foreign table'
  end as kind,
  pg_catalog.pg_get_userbyid(c.relowner) as owner,
  coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))::text[] as acl,
  c.relrowsecurity as rls,
  c.relforcerowsecurity as "forceRls",
  ds.description as comment,
  owned.extname as extension,
  ns.platform,
  coalesce(c.reloptions, '{}') as options,
  parents.parents -> 0 as "partitionOf",
  parents.parents,
  case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end as "partitionBound",
  case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as "partitionKey",
  c.relreplident as "replicaIdentity",
  case when c.relreplident = 'i' then (
    select ic.relname
    from pg_catalog.pg_index x
    join pg_catalog.pg_class ic on ic.oid = x.indexrelid
    where x.indrelid = c.oid and x.indisreplident
  ) end as "replicaIndex",
  s.srvname as "foreignServer",
  coalesce(ft.ftoptions, '{}') as "foreignOptions",
  c.relpersistence as persistence,
  case when c.relkind = 'v' then pg_catalog.pg_relation_is_updatable(c.oid, false) else 0 end as updatable
from pg_catalog.pg_class c
join ns on ns.oid = c.relnamespace
left join owned on owned.objid = c.oid
left join pg_catalog.pg_description ds
  on ds.classoid = 'pg_catalog.pg_class'::regclass and ds.objoid = c.oid and ds.objsubid = 0
left join parents on parents.inhrelid = c.oid
left join pg_catalog.pg_foreign_table ft on ft.ftrelid = c.oid
left join pg_catalog.pg_foreign_server s on s.oid = ft.ftserver
where c.relkind in ('r', 'p', 'v', 'm', 'f')
order by ns.nspname, c.relname
