-- For the tables named ($1 schemas, $2 names): their size in blocks, and the columns whose values can be read as text.
with recursive base as (
  select t.oid, t.oid as base from pg_catalog.pg_type t where t.typtype <> 'd'
  union all
  select t.oid, b.base from pg_catalog.pg_type t join base b on b.oid = t.typbasetype where t.typtype = 'd'
),
kinds as (
  select
    b.oid,
    case
      when t.typname in ('json', 'jsonb') then 'json'
      when t.typname in ('xml', 'hstore', 'citext') or t.typcategory = 'S' then 'text'
      when t.typcategory = 'A' and (e.typcategory = 'S' or e.typname in ('json', 'jsonb', 'citext')) then 'array'
      when t.typname in ('int8', 'numeric') then 'number'
    end as kind
  from base b
  join pg_catalog.pg_type t on t.oid = b.base
  left join base be on be.oid = t.typelem and t.typcategory = 'A'
  left join pg_catalog.pg_type e on e.oid = be.base
)
select
  w.place::int as place,
  (case
    when c.relkind = 'p' then (
      select coalesce(pg_catalog.sum(pg_catalog.pg_relation_size(p.relid)), 0)
      from pg_catalog.pg_partition_tree(c.oid) p where p.isleaf
    )
    else pg_catalog.pg_relation_size(c.oid) + coalesce((
      select pg_catalog.sum(pg_catalog.pg_relation_size(i.inhrelid)) from pg_catalog.pg_inherits i where i.inhparent = c.oid
    ), 0)
  end / pg_catalog.current_setting('block_size')::int)::bigint as blocks,
  pg_catalog.has_schema_privilege(n.oid, 'usage') as reachable,
  coalesce((
    select pg_catalog.json_agg(
      pg_catalog.json_build_array(
        a.attname, k.kind, pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')
      ) order by a.attnum
    )
    from pg_catalog.pg_attribute a
    join kinds k on k.oid = a.atttypid and k.kind is not null
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ), '[]') as columns
from unnest($1::text[], $2::text[]) with ordinality as w (schema, name, place)
join pg_catalog.pg_namespace n on n.nspname = w.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
order by w.place
