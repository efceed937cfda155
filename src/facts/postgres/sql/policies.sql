with ns as materialized (:namespaces),
grantees as materialized (
  select p.oid, pg_catalog.array_agg(case when r.roleid = 0 then 'public' else pg_catalog.pg_get_userbyid(r.roleid)::text end
    order by case when r.roleid = 0 then 'public' else pg_catalog.pg_get_userbyid(r.roleid)::text end collate "C") as names
  from pg_catalog.pg_policy p
  cross join lateral unnest(p.polroles) as r (roleid)
  group by p.oid
)
select
  ns.nspname as schema,
  c.relname as "table",
  p.polname as name,
  p.polpermissive as permissive,
  coalesce(grantees.names, '{}') as roles,
  case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as command,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using,
  pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join ns on ns.oid = c.relnamespace
left join grantees on grantees.oid = p.oid
order by ns.nspname, c.relname, p.polname
