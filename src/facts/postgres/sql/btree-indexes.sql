-- B-trees of the tables named (table_schemas, table_names), smallest first, and where amcheck is, if it may be used.
with tables as (
  select c.oid, w.schema, w.name
  from unnest(:table_schemas, :table_names) as w (schema, name)
  join pg_catalog.pg_namespace n on n.nspname = w.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
),
leaves as (
  select t.oid, t.schema, t.name from tables t
  union
  select p.relid, t.schema, t.name from tables t cross join lateral pg_catalog.pg_partition_tree(t.oid) p where p.isleaf
)
select
  l.schema, l.name as "table", ni.nspname as index_schema, ci.relname as index
from leaves l
join pg_catalog.pg_index i on i.indrelid = l.oid and i.indisvalid and i.indisready
join pg_catalog.pg_class ci on ci.oid = i.indexrelid and ci.relkind = 'i' and ci.relpersistence = 'p'
join pg_catalog.pg_am m on m.oid = ci.relam and m.amname = 'btree'
join pg_catalog.pg_namespace ni on ni.oid = ci.relnamespace
order by pg_catalog.pg_relation_size(ci.oid), ni.nspname collate "C", ci.relname collate "C"
