-- For the tables named (table_schemas, table_names): their size in blocks, and the columns whose values can be read as text.
with recursive tables as materialized (
  select w.place, c.relnamespace as namespace, c.oid, c.relkind
  from unnest(:table_schemas, :table_names) with ordinality as w (schema, name, place)
  join pg_catalog.pg_namespace n on n.nspname = w.schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
),
-- Asking for the size of a table that is being rewritten would wait for its end.
locked as materialized (
  select l.relation
  from pg_catalog.pg_locks l
  where l.mode = 'AccessExclusiveLock' and l.granted and l.relation is not null
),
attributes as materialized (
  select tb.place, a.attrelid, a.attnum, a.attname, a.atttypid
  from tables tb
  join pg_catalog.pg_attribute a on a.attrelid = tb.oid and a.attnum > 0 and not a.attisdropped
),
-- From each type in use down to what a domain stands for, and from an array to its elements.
types (asked, at, element) as (
  select a.atttypid, a.atttypid, false from (select distinct a.atttypid from attributes a) a
  union all
  select s.asked, case t.typtype when 'd' then t.typbasetype else t.typelem end, s.element or t.typtype <> 'd'
  from types s
  join pg_catalog.pg_type t on t.oid = s.at
  where t.typtype = 'd' or (t.typcategory = 'A' and not s.element and t.typelem <> 0)
),
kinds as (
  select
    s.asked as oid,
    case
      when pg_catalog.bool_or(s.element) then
        case when pg_catalog.bool_or(s.element and (t.typcategory = 'S' or t.typname in ('json', 'jsonb', 'citext'))) then 'array' end
      when pg_catalog.bool_or(t.typname in ('json', 'jsonb')) then 'json'
      when pg_catalog.bool_or(t.typname in ('xml', 'hstore', 'citext') or t.typcategory = 'S') then 'text'
      when pg_catalog.bool_or(t.typname in ('int8', 'numeric')) then 'number'
    end as kind
  from types s
  join pg_catalog.pg_type t on t.oid = s.at and t.typtype <> 'd'
  group by s.asked
),
columns as (
  select
    a.place,
    pg_catalog.json_agg(
      pg_catalog.json_build_array(a.attname, k.kind, pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'select'))
      order by a.attnum
    ) as columns
  from attributes a
  join kinds k on k.oid = a.atttypid and k.kind is not null
  group by a.place
)
select
  tb.place::int as place,
  (case
    when tb.oid in (select l.relation from locked l) then null
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
left join columns c on c.place = tb.place
order by tb.place
