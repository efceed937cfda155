-- Versioned collations that columns of the tables named (table_schemas, table_names) or their indexes use, beside the database's own.
with tables as (
  select c.oid
  from unnest(:table_schemas, :table_names) as w (schema, name)
  join pg_catalog.pg_namespace n on n.nspname = w.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
),
used as (
  select a.attrelid as relation, a.attnum::int as place, a.attcollation as coll
  from pg_catalog.pg_attribute a join tables t on t.oid = a.attrelid
  where a.attnum > 0 and not a.attisdropped
  union
  select i.indrelid, k.attnum::int, k.coll
  from pg_catalog.pg_index i
  join tables t on t.oid = i.indrelid
  cross join lateral unnest(i.indkey::int[], i.indcollation::oid[]) as k (attnum, coll)
)
select
  n.nspname as schema,
  l.collname as name,
  l.collversion as version,
  pg_catalog.pg_collation_actual_version(l.oid) as actual,
  pg_catalog.count(distinct (u.relation, u.place))::int as columns
from used u
join pg_catalog.pg_collation l on l.oid = u.coll and l.collprovider <> 'd' and l.collversion is not null
join pg_catalog.pg_namespace n on n.oid = l.collnamespace
group by n.nspname, l.collname, l.collversion, l.oid
order by n.nspname collate "C", l.collname collate "C"
