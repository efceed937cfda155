-- What a row of every table must satisfy; as one JSON document a table.
with typed as (
  select t.oid, t.typname, t.typtype, t.typcategory, t.typelem, t.typnotnull, t.typbasetype, t.typtypmod
  from pg_catalog.pg_type t
),
resolved as materialized (
  -- Domains over domains, down to the base type, with every check on the way.
  with recursive chain as (
    select t.oid as root, t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull as required from typed t
    union all
    select c.root, b.oid, b.typtype, b.typbasetype, case when b.typtypmod >= 0 then b.typtypmod else c.typtypmod end, c.required or b.typnotnull
    from chain c join typed b on b.oid = c.typbasetype where c.typtype = 'd'
  )
  select c.root, c.oid as base, c.typtypmod as typmod, c.required,
    -- Only a domain has checks; asking for every type would read the chain once a type.
    case when c.root = c.oid then '[]'::json else coalesce((select json_agg(pg_catalog.pg_get_expr(k.conbin, 0) order by k.conname)
      from chain d join pg_catalog.pg_constraint k on k.contypid = d.oid and k.contype = 'c' where d.root = c.root), '[]') end as checks
  from chain c where c.typtype <> 'd'
)
select
  c.oid::text as oid,
  n.nspname as schema,
  c.relname as name,
  c.relkind = 'p' as partitioned,
  (select json_agg(json_build_object(
      'name', a.attname,
      'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'base', b.typname,
      'kind', b.typtype,
      'array', b.typcategory = 'A' and b.typelem <> 0,
      'length', case when b.typname in ('varchar', 'bpchar') then
          nullif(greatest(case when a.atttypmod >= 0 then a.atttypmod else r.typmod end - 4, 0), 0) end,
      'notNull', a.attnotnull or r.required,
      'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
      'identity', a.attidentity,
      'generated', a.attgenerated <> '',
      'labels', coalesce((select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = b.oid), '[]'),
      'fields', coalesce((select json_agg(pg_catalog.format_type(f.atttypid, f.atttypmod) order by f.attnum)
          from pg_catalog.pg_attribute f where b.typtype = 'c' and f.attrelid = (select t.typrelid from pg_catalog.pg_type t where t.oid = b.oid) and f.attnum > 0 and not f.attisdropped), '[]'),
      'subtype', (select pg_catalog.format_type(g.rngsubtype, null) from pg_catalog.pg_range g where g.rngtypid = b.oid),
      'checks', r.checks
    ) order by a.attnum)
    from pg_catalog.pg_attribute a
    join resolved r on r.root = a.atttypid
    join pg_catalog.pg_type b on b.oid = r.base
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  coalesce((select json_agg(json_build_object(
      'name', k.conname,
      'type', k.contype,
      'columns', (select json_agg(a.attname order by x.place) from unnest(k.conkey) with ordinality x (num, place)
          join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num),
      'expression', case when k.contype = 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end,
      'target', k.confrelid::text,
      'targetColumns', (select json_agg(a.attname order by x.place) from unnest(k.confkey) with ordinality x (num, place)
          join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.num),
      'deferrable', k.condeferrable
    ) order by k.conname)
    from pg_catalog.pg_constraint k
    where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')), '[]') as constraints,
  coalesce((select json_agg(json_build_object(
      'name', ic.relname,
      'columns', (select json_agg(a.attname order by x.place) from unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality x (num, place)
          join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = x.num)
    ) order by ic.relname)
    from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisunique), '[]') as uniques
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
order by n.nspname, c.relname
