-- Sequences that feed columns of the tables named (table_schemas, table_names), and where they stand.
select
  w.schema,
  w.name as "table",
  a.attname as "column",
  sn.nspname as sequence_schema,
  s.relname as sequence_name,
  q.seqincrement::text as increment,
  q.seqstart::text as start,
  case when p.permitted then pg_catalog.pg_sequence_last_value(s.oid)::text end as last,
  p.permitted,
  exists (
    select from pg_catalog.pg_index i
    where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null
      and i.indnkeyatts = 1 and i.indkey[0] = a.attnum
  ) as "unique"
from unnest(:table_schemas, :table_names) as w (schema, name)
join pg_catalog.pg_namespace n on n.nspname = w.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
join pg_catalog.pg_depend d
  on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid > 0
  and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
join pg_catalog.pg_sequence q on q.seqrelid = s.oid
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
cross join lateral (select pg_catalog.has_sequence_privilege(s.oid, 'select, usage') as permitted) p
order by w.schema collate "C", w.name collate "C", a.attnum, sn.nspname collate "C", s.relname collate "C"
