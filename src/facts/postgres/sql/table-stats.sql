-- The counters behind pg_stat_all_tables, called once each; its view joins and groups every index again.
with ns as materialized (:namespaces),
index_sums as materialized (
  select
    i.indrelid,
    pg_catalog.sum(pg_catalog.pg_relation_size(i.indexrelid))::bigint as bytes,
    pg_catalog.sum(pg_catalog.pg_stat_get_numscans(i.indexrelid))::bigint as scans
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indrelid
  join ns on ns.oid = c.relnamespace
  where c.relkind in ('r', 'm')
  group by i.indrelid
)
select
  ns.nspname as schema,
  c.relname as name,
  case when c.reltuples >= 0 then c.reltuples end as "rowEstimate",
  case when c.relkind = 'p' then 0 else pg_catalog.pg_table_size(c.oid) end as bytes,
  coalesce(index_sums.bytes, 0) as "indexBytes",
  pg_catalog.pg_stat_get_numscans(c.oid) as "seqScans",
  coalesce(index_sums.scans, 0) as "indexScans",
  pg_catalog.pg_stat_get_tuples_returned(c.oid) as "seqRowsRead",
  pg_catalog.pg_stat_get_tuples_inserted(c.oid) as inserted,
  pg_catalog.pg_stat_get_tuples_updated(c.oid) as updated,
  pg_catalog.pg_stat_get_tuples_deleted(c.oid) as deleted,
  pg_catalog.pg_stat_get_live_tuples(c.oid) as "liveRows",
  pg_catalog.pg_stat_get_dead_tuples(c.oid) as "deadRows",
  pg_catalog.pg_stat_get_blocks_fetched(c.oid) - pg_catalog.pg_stat_get_blocks_hit(c.oid) as "blocksRead",
  pg_catalog.pg_stat_get_blocks_hit(c.oid) as "blocksHit"
from pg_catalog.pg_class c
join ns on ns.oid = c.relnamespace
left join index_sums on index_sums.indrelid = c.oid
where c.relkind in ('r', 'p', 'm')
order by ns.nspname, c.relname
