-- pg_get_constraintdef is dear on thousands of rows: plain keys (definition null) are written out by the caller, which
-- also puts names for the numbers of relations and columns.
select
  k.conrelid,
  k.conname,
  k.contype,
  k.conkey::text,
  k.convalidated,
  k.condeferrable,
  case when k.contype in ('c', 'x') or k.condeferrable or k.confmatchtype in ('f', 'p')
      or i.indnatts > i.indnkeyatts
      or :nulls_not_distinct
      or (k.contype = 'f' and k.confdeltype in ('n', 'd'))
      or :is_temporal
      or not :is_enforced
    then pg_catalog.pg_get_constraintdef(k.oid)
  end,
  k.confrelid,
  k.confkey::text,
  k.confdeltype,
  k.confupdtype,
  k.conparentid <> 0 or (k.coninhcount > 0 and not k.conislocal)
from pg_catalog.pg_constraint k
left join pg_catalog.pg_index i on i.indexrelid = k.conindid and k.contype in ('p', 'u')
where k.contype in ('p', 'u', 'f', 'c', 'x') and k.conrelid >= 16384
order by k.conrelid, k.conname
