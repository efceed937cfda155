-- As in table-stats.sql: the size of an empty heap's indexes is taken as last noted.
with ns as materialized (:namespaces)
select
  ns.nspname as schema,
  t.relname as "table",
  c.relname as name,
  pg_catalog.pg_stat_get_numscans(c.oid) as scans,
  case when pg_catalog.pg_relation_size(t.oid) > 0 then coalesce(pg_catalog.pg_relation_size(c.oid), 0)
    else c.relpages::bigint * pg_catalog.current_setting('block_size')::int end as bytes
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
join pg_catalog.pg_class t on t.oid = i.indrelid
join ns on ns.oid = t.relnamespace
order by ns.nspname, t.relname, c.relname
