-- pg_get_indexdef is dear on thousands of rows: plain indexes (definition null) are written out by the caller.
with ns as materialized (:namespaces),
wanted as materialized (
  select
    i.indexrelid, i.indrelid, i.indisunique, i.indisprimary, i.indisvalid, i.indisready, i.indpred,
    i.indkey::int2[] as indkey, i.indnkeyatts, i.indclass::oid[] as indclass, i.indcollation::oid[] as indcollation,
    ic.relname as index_name, ic.relam, ic.relkind, tc.relname as table_name, ns.nspname, ns.platform,
    i.indexprs is null and ic.reloptions is null and ic.reltablespace = 0
      and 0 = all (i.indoption::int2[]) and i.indnatts = i.indnkeyatts
      and not :nulls_not_distinct as plain
  from pg_catalog.pg_index i
  join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  join pg_catalog.pg_class tc on tc.oid = i.indrelid
  join ns on ns.oid = tc.relnamespace
  where tc.relkind in ('r', 'p', 'm')
),
key_columns as materialized (
  select
    w.indexrelid,
    pg_catalog.json_agg(a.attname order by key.place) filter (where key.place <= w.indnkeyatts) as names,
    pg_catalog.json_agg(a.attname order by key.place) filter (where key.place > w.indnkeyatts) as included,
    pg_catalog.bool_and(o.opcdefault and coalesce(a.attcollation, 0) = key.collation_id)
      filter (where key.place <= w.indnkeyatts) as plain
  from wanted w
  cross join lateral unnest(w.indkey, w.indclass, w.indcollation) with ordinality as key (attnum, class_id, collation_id, place)
  left join pg_catalog.pg_attribute a on a.attrelid = w.indrelid and a.attnum = key.attnum and a.attnum > 0
  left join pg_catalog.pg_opclass o on o.oid = key.class_id
  group by w.indexrelid
),
behind_constraint as materialized (
  select k.conindid from pg_catalog.pg_constraint k where k.contype in ('p', 'u', 'x') and k.conindid <> 0
),
building as materialized (
  select p.index_relid from pg_catalog.pg_stat_progress_create_index p where p.datname = pg_catalog.current_database()
)
select
  w.nspname as schema,
  w.table_name as "table",
  w.index_name as name,
  am.amname as method,
  w.indisunique as unique,
  w.indisprimary as primary,
  b.conindid is not null as constraint,
  w.indisvalid as valid,
  w.indisready as ready,
  p.index_relid is not null as building,
  coalesce(key_columns.names, '[]') as columns,
  coalesce(key_columns.included, '[]') as include,
  pg_catalog.pg_get_expr(w.indpred, w.indrelid) as predicate,
  inh.inhrelid is not null as inherited,
  case when not (w.plain and key_columns.plain and w.relkind = 'i') then pg_catalog.pg_get_indexdef(w.indexrelid) end as definition,
  w.platform
from wanted w
join pg_catalog.pg_am am on am.oid = w.relam
left join key_columns on key_columns.indexrelid = w.indexrelid
left join behind_constraint b on b.conindid = w.indexrelid
left join building p on p.index_relid = w.indexrelid
left join pg_catalog.pg_inherits inh on inh.inhrelid = w.indexrelid
order by w.nspname, w.table_name, w.index_name
