-- Sizes as in table-stats.sql.
select
  i.indrelid,
  c.relname,
  pg_catalog.pg_stat_get_numscans(c.oid),
  case when t.relkind = 'r' and t.reltuples >= 0 and pg_catalog.pg_stat_get_mod_since_analyze(t.oid) = 0
    then c.relpages::bigint * pg_catalog.current_setting('block_size')::int
    else coalesce(pg_catalog.pg_relation_size(c.oid), 0) end
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
join pg_catalog.pg_class t on t.oid = i.indrelid
where i.indrelid >= 16384
order by i.indrelid, c.relname
