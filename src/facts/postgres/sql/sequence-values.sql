-- A bigint sequence on a bigint column cannot run out by counting: among more than 1,000 sequences those are not asked.
-- Each value read holds a lock until the savepoint is rolled back, so no more are read than half the lock table holds.
with ns as materialized (:namespaces),
owned_by_bigint as materialized (
  select d.objid
  from pg_catalog.pg_depend d
  join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and a.atttypid = 'pg_catalog.int8'::regtype
  where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
    and d.deptype in ('a', 'i') and d.refobjsubid > 0
),
sequences as materialized (
  select
    ns.nspname, ns.platform, c.relname, c.oid,
    s.seqmax = 9223372036854775807 and s.seqincrement between 1 and 1000 and b.objid is not null as roomy
  from pg_catalog.pg_sequence s
  join pg_catalog.pg_class c on c.oid = s.seqrelid and c.relpersistence <> 't'
  join ns on ns.oid = c.relnamespace
  left join owned_by_bigint b on b.objid = c.oid
),
wanted as materialized (
  select
    s.*,
    pg_catalog.has_sequence_privilege(s.oid, 'select, usage') as permitted,
    pg_catalog.row_number() over (order by s.platform, s.nspname, s.relname) <= :lock_slots / 2 as within
  from sequences s
  where not s.roomy or (select pg_catalog.count(*) from sequences) <= 1000
)
select
  w.nspname as schema,
  w.relname as name,
  case when w.permitted and w.within then pg_catalog.pg_sequence_last_value(w.oid)::text end as "lastValue",
  w.permitted and w.within as readable
from wanted w
order by w.nspname, w.relname
