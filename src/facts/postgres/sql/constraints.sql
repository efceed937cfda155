-- pg_get_constraintdef is dear on thousands of rows: plain keys (definition null) are written out by the caller.
with ns as materialized (:namespaces),
wanted as materialized (
  select k.*, ns.nspname, ns.platform, c.relname
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join ns on ns.oid = c.relnamespace
  where k.contype in ('p', 'u', 'f', 'c', 'x')
),
key_columns as materialized (
  select w.oid, pg_catalog.array_agg(a.attname::text order by key.place) as names
  from wanted w
  cross join lateral unnest(w.conkey) with ordinality as key (attnum, place)
  join pg_catalog.pg_attribute a on a.attrelid = w.conrelid and a.attnum = key.attnum and a.attnum > 0
  group by w.oid
),
referenced_columns as materialized (
  select w.oid, pg_catalog.array_agg(a.attname::text order by key.place) as names
  from wanted w
  cross join lateral unnest(w.confkey) with ordinality as key (attnum, place)
  join pg_catalog.pg_attribute a on a.attrelid = w.confrelid and a.attnum = key.attnum and a.attnum > 0
  where w.contype = 'f'
  group by w.oid
)
select
  w.nspname as schema,
  w.relname as "table",
  w.conname as name,
  w.contype as type,
  coalesce(key_columns.names, '{}') as columns,
  w.convalidated as validated,
  w.condeferrable as deferrable,
  case when w.contype in ('c', 'x') or w.condeferrable or w.confmatchtype in ('f', 'p')
      or i.indnatts > i.indnkeyatts
      or :nulls_not_distinct
      or (w.contype = 'f' and w.confdeltype in ('n', 'd'))
      or :is_temporal
      or not :is_enforced
    then pg_catalog.pg_get_constraintdef(w.oid)
  end as definition,
  case when w.contype = 'f' then pg_catalog.json_build_object(
    'schema', fn.nspname, 'table', f.relname, 'columns', referenced_columns.names,
    'onDelete', w.confdeltype, 'onUpdate', w.confupdtype
  ) end as "references",
  w.conparentid <> 0 or (w.coninhcount > 0 and not w.conislocal) as inherited,
  w.platform
from wanted w
left join key_columns on key_columns.oid = w.oid
left join referenced_columns on referenced_columns.oid = w.oid
left join pg_catalog.pg_class f on f.oid = w.confrelid and w.contype = 'f'
left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
left join pg_catalog.pg_index i on i.indexrelid = w.conindid and w.contype in ('p', 'u')
order by w.nspname, w.relname, w.conname
