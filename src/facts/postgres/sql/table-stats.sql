-- The counters behind pg_stat_all_tables, called once each; its view joins and groups every index again.
-- Asking a size opens the relation, which is what costs: an empty heap has no TOAST, and its indexes' size as last noted is enough.
with ns as materialized (:namespaces),
heaps as materialized (
  select
    c.oid, c.relnamespace, c.relname, c.relkind, c.reltuples, c.reltoastrelid,
    case when c.relkind = 'p' then 0 else coalesce(pg_catalog.pg_relation_size(c.oid), 0) end as bytes
  from pg_catalog.pg_class c
  join ns on ns.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm')
),
index_sums as materialized (
  select
    i.indrelid,
    pg_catalog.sum(
      case when h.bytes > 0 then pg_catalog.pg_relation_size(c.oid)
        else c.relpages::bigint * pg_catalog.current_setting('block_size')::int end
    )::bigint as bytes,
    pg_catalog.sum(pg_catalog.pg_stat_get_numscans(i.indexrelid))::bigint as scans
  from pg_catalog.pg_index i
  join heaps h on h.oid = i.indrelid and h.relkind <> 'p'
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  group by i.indrelid
)
select
  ns.nspname as schema,
  c.relname as name,
  case when c.reltuples >= 0 then c.reltuples end as "rowEstimate",
  c.bytes + case when c.bytes > 0 and c.reltoastrelid <> 0 then coalesce(pg_catalog.pg_relation_size(c.reltoastrelid), 0) else 0 end as bytes,
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
from heaps c
join ns on ns.oid = c.relnamespace
left join index_sums on index_sums.indrelid = c.oid
order by ns.nspname, c.relname
