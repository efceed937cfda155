-- Names by oid, sent once: the facets of many rows send oids only, and are put into this order by the caller.
with ns as materialized (:namespaces)
select 'r' as kind, c.oid, ns.nspname, c.relname, c.relkind, ns.platform
from pg_catalog.pg_class c
join ns on ns.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
union all
select 'u', r.oid, null, r.rolname, null, false from pg_catalog.pg_roles r
order by 1, 3, 4
