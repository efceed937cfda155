-- Never most_common_vals, histogram_bounds or elements: those are rows' values.
-- Where a table has children both its own and the whole tree's statistics exist: its own count.
select distinct on (s.schemaname, s.tablename, s.attname)
  s.schemaname as schema,
  s.tablename as "table",
  s.attname as "column",
  s.null_frac as "nullFraction",
  s.n_distinct as distinct,
  s.avg_width as "averageWidth"
from pg_catalog.pg_stats s
join (:namespaces) ns on ns.nspname = s.schemaname
order by s.schemaname, s.tablename, s.attname, s.inherited
