-- For the tables named (table_schemas, table_names): their size in blocks, and the columns whose values can be read as text.
with recursive base as (
  select t.oid, t.typbasetype as base from pg_catalog.pg_type t where t.typtype = 'd'
  union all
  select b.oid, t.typbasetype from base b join pg_catalog.pg_type t on t.oid = b.base and t.typtype = 'd'
),
domains as materialized (
  select b.oid, b.base from base b join pg_catalog.pg_type t on t.oid = b.base and t.typtype <> 'd'
),
tables as materialized (
  select w.place, n.oid as namespace, c.oid, c.relkind
  from unnest(:table_schemas, :table_names) with ordinality as w (schema, name, place)
  join pg_catalog.pg_namespace n on n.nspname = w.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
),
kinds as (
  select
    tb.oid as relation, a.attnum, a.attname,
    case
      when t.typname in ('json', 'jsonb') then 'json'
      when t.typname in ('xml', 'hstore', 'citext') or t.typcategory = 'S' then 'text'
      when t.typcategory = 'A' and (e.typcategory = 'S' or e.typname in ('json', 'jsonb', 'citext')) then 'array'
      when t.typname in ('int8', 'numeric') then 'number'
    end as kind
  from tables tb
  join pg_catalog.pg_attribute a on a.attrelid = tb.oid and a.attnum > 0 and not a.attisdropped
  left join domains d on d.oid = a.atttypid
  join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)
  left join domains de on de.oid = t.typelem and t.typcategory = 'A'
  left join pg_catalog.pg_type e on t.typcategory = 'A' and e.oid = coalesce(de.base, t.typelem)
),
columns as (
  select
    k.relation,
    pg_catalog.json_agg(
      pg_catalog.json_build_array(k.attname, k.kind, pg_catalog.has_column_privilege(k.relation, k.attnum, 'select'))
      order by k.attnum
    ) as columns
  from kinds k
  where k.kind is not null
  group by k.relation
)
select
  tb.place::int as place,
  -- Asking for the size of a table that is being rewritten would wait for its end.
  (case
    when exists (
      select from pg_catalog.pg_locks l where l.relation = tb.oid and l.mode = 'AccessExclusiveLock' and l.granted
    ) then null
    when tb.relkind = 'p' then (
      select coalesce(pg_catalog.sum(pg_catalog.pg_relation_size(p.relid)), 0)
      from pg_catalog.pg_partition_tree(tb.oid) p where p.isleaf
    )
    else pg_catalog.pg_relation_size(tb.oid) + coalesce((
      select pg_catalog.sum(pg_catalog.pg_relation_size(i.inhrelid)) from pg_catalog.pg_inherits i where i.inhparent = tb.oid
    ), 0)
  end / pg_catalog.current_setting('block_size')::int)::bigint as blocks,
  pg_catalog.has_schema_privilege(tb.namespace, 'usage') as reachable,
  coalesce(c.columns, '[]') as columns
from tables tb
left join columns c on c.relation = tb.oid
order by tb.place
