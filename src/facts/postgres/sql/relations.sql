with ns as materialized (:namespaces),
owned as materialized (
  select d.objid, e.extname
  from pg_catalog.pg_extension e
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
  where d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e'
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
  case when p.oid is not null then pg_catalog.json_build_array(pn.nspname, p.relname) end as "partitionOf",
  case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as "partitionKey",
  c.relreplident as "replicaIdentity",
  s.srvname as "foreignServer",
  c.relpersistence as persistence,
  case when c.relkind = 'v' then pg_catalog.pg_relation_is_updatable(c.oid, false) else 0 end as updatable
from pg_catalog.pg_class c
join ns on ns.oid = c.relnamespace
left join owned on owned.objid = c.oid
left join pg_catalog.pg_description ds
  on ds.classoid = 'pg_catalog.pg_class'::regclass and ds.objoid = c.oid and ds.objsubid = 0
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and i.inhseqno = 1
left join pg_catalog.pg_class p on p.oid = i.inhparent
left join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
left join pg_catalog.pg_foreign_table ft on ft.ftrelid = c.oid
left join pg_catalog.pg_foreign_server s on s.oid = ft.ftserver
where c.relkind in ('r', 'p', 'v', 'm', 'f')
order by ns.nspname, c.relname
