-- Fragment: the project's analysed tables with columns whose statistics pg_stats does not show to the role.
select pg_catalog.format('%I.%I', ns.nspname, c.relname) as name
from pg_catalog.pg_class c
join (:namespaces) ns on ns.oid = c.relnamespace and not ns.platform
where c.relkind in ('r', 'm', 'p') and c.reltuples > 0
  and (not pg_catalog.has_table_privilege(c.oid, 'select') or pg_catalog.row_security_active(c.oid))
order by ns.nspname, c.relname
