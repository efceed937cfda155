-- The project's functions in schemas that a persona's role may look into, and which of these roles may execute them. "table": of
-- those that are safe to call (not volatile, so that PostgreSQL refuses every write; no argument needed), the table whose rows they return.
select n.nspname as schema, p.proname as name, pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments,
  coalesce(json_agg(r.rolname order by r.rolname) filter (where pg_catalog.has_function_privilege(r.oid, p.oid, 'execute')), '[]') as roles,
  case when p.prokind = 'f' and p.provolatile <> 'v' and p.pronargs = p.pronargdefaults then
    (select c.oid::text from pg_catalog.pg_type t join pg_catalog.pg_class c on c.oid = t.typrelid
     join pg_catalog.pg_language l on l.oid = p.prolang
     where t.oid = p.prorettype and c.relkind in ('r', 'p') and l.lanname in ('sql', 'plpgsql'))
  end as "table"
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_roles r on r.rolname = any ($1::text[]) and pg_catalog.has_schema_privilege(r.oid, n.oid, 'usage')
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname <> all ($2::text[])
  and p.prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
  and not exists (select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
group by p.oid, n.nspname, p.proname
order by n.nspname, p.proname, 3
