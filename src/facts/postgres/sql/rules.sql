with ns as materialized (:namespaces)
select
  ns.nspname as schema,
  c.relname as "table",
  w.rulename as name,
  w.ev_enabled as enabled,
  pg_catalog.pg_get_ruledef(w.oid) as definition,
  ns.platform
from pg_catalog.pg_rewrite w
join pg_catalog.pg_class c on c.oid = w.ev_class
join ns on ns.oid = c.relnamespace
where w.rulename <> '_RETURN'
order by ns.nspname, c.relname, w.rulename
