with ns as materialized (:namespaces)
select
  ns.nspname as schema,
  t.relname as "table",
  c.relname as name,
  pg_catalog.pg_stat_get_numscans(c.oid) as scans,
  pg_catalog.pg_relation_size(c.oid) as bytes
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
join pg_catalog.pg_class t on t.oid = i.indrelid
join ns on ns.oid = t.relnamespace
order by ns.nspname, t.relname, c.relname
