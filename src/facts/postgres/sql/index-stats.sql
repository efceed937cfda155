-- Sizes as in table-stats.sql. One row a table, its indexes as arrays; a TOAST table's size is its table's.
select
  i.indrelid,
  pg_catalog.array_agg(c.relname order by c.relname)::text,
  pg_catalog.array_agg(pg_catalog.pg_stat_get_numscans(c.oid) order by c.relname)::text,
  pg_catalog.array_agg(
    case when t.relkind = 'r' and t.reltuples >= 0 and pg_catalog.pg_stat_get_mod_since_analyze(t.oid) = 0
      then c.relpages::bigint * pg_catalog.current_setting('block_size')::int
      else coalesce(pg_catalog.pg_relation_size(c.oid), 0) end
    order by c.relname
  )::text
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
join pg_catalog.pg_class t on t.oid = i.indrelid and t.relkind <> 't'
where i.indrelid >= 16384
group by i.indrelid
