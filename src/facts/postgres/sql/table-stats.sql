-- The counters behind pg_stat_all_tables, called once each; its view joins and groups every index again.
-- Asking a size opens the relation, which is what costs: one that nothing has touched since it was last analysed has the
-- size noted then. A materialized view's refresh is not counted as a touch.
with ns as materialized (:namespaces),
heaps as materialized (
  select
    c.oid, c.relkind, c.reltuples, c.reltoastrelid, c.relpages,
    c.relkind = 'r' and c.reltuples >= 0 and pg_catalog.pg_stat_get_mod_since_analyze(c.oid) = 0 as untouched
  from pg_catalog.pg_class c
  where c.relkind in ('r', 'p', 'm') and c.relnamespace in (select ns.oid from ns)
),
index_sums as materialized (
  select
    i.indrelid,
    pg_catalog.sum(
      case when h.untouched then c.relpages::bigint * pg_catalog.current_setting('block_size')::int
        else pg_catalog.pg_relation_size(c.oid) end
    )::bigint as bytes,
    pg_catalog.sum(pg_catalog.pg_stat_get_numscans(i.indexrelid))::bigint as scans
  from pg_catalog.pg_index i
  join heaps h on h.oid = i.indrelid and h.relkind <> 'p'
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  group by i.indrelid
)
select
  h.oid,
  case when h.reltuples >= 0 then h.reltuples end,
  case
    when h.relkind = 'p' then 0
    when h.untouched then (h.relpages + coalesce(t.relpages, 0))::bigint * pg_catalog.current_setting('block_size')::int
    else coalesce(pg_catalog.pg_relation_size(h.oid), 0)
      + case when t.oid is not null then coalesce(pg_catalog.pg_relation_size(t.oid), 0) else 0 end
  end,
  coalesce(index_sums.bytes, 0),
  pg_catalog.pg_stat_get_numscans(h.oid),
  coalesce(index_sums.scans, 0),
  pg_catalog.pg_stat_get_tuples_returned(h.oid),
  pg_catalog.pg_stat_get_tuples_inserted(h.oid),
  pg_catalog.pg_stat_get_tuples_updated(h.oid),
  pg_catalog.pg_stat_get_tuples_deleted(h.oid),
  pg_catalog.pg_stat_get_live_tuples(h.oid),
  pg_catalog.pg_stat_get_dead_tuples(h.oid),
  pg_catalog.pg_stat_get_blocks_fetched(h.oid) - pg_catalog.pg_stat_get_blocks_hit(h.oid),
  pg_catalog.pg_stat_get_blocks_hit(h.oid)
from heaps h
left join pg_catalog.pg_class t on t.oid = h.reltoastrelid and h.reltoastrelid <> 0
left join index_sums on index_sums.indrelid = h.oid
order by h.oid
