-- Each value read holds a lock until the savepoint is rolled back, so no more are read than half the lock table holds.
with ns as materialized (:namespaces),
wanted as materialized (
  select
    ns.nspname, c.relname, c.oid,
    pg_catalog.has_sequence_privilege(c.oid, 'select, usage') as permitted,
    pg_catalog.row_number() over (order by ns.platform, ns.nspname, c.relname) <= :lock_slots / 2 as within
  from pg_catalog.pg_class c
  join ns on ns.oid = c.relnamespace
  where c.relkind = 'S' and c.relpersistence <> 't'
)
select
  w.nspname as schema,
  w.relname as name,
  case when w.permitted and w.within then pg_catalog.pg_sequence_last_value(w.oid)::text end as "lastValue",
  w.permitted and w.within as readable
from wanted w
order by w.nspname, w.relname
