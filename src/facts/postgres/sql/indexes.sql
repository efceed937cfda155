-- pg_get_indexdef is dear on thousands of rows: plain indexes (definition null) are written out by the caller, which
-- also puts names for the numbers of relations and columns. Oids below 16384 are initdb's.
with default_class as materialized (
  select o.oid from pg_catalog.pg_opclass o where o.opcdefault
),
-- Relations with a column of another collation than the database's own, named in its type or in COLLATE.
own_collation as materialized (
  select distinct a.attrelid
  from pg_catalog.pg_attribute a
  where a.attnum > 0 and a.attrelid >= 16384 and a.attcollation not in (0, 'pg_catalog."default"'::regcollation)
),
behind_constraint as materialized (
  select k.conindid from pg_catalog.pg_constraint k where k.contype in ('p', 'u', 'x') and k.conindid <> 0
),
building as materialized (
  select p.index_relid from pg_catalog.pg_stat_progress_create_index p where p.datname = pg_catalog.current_database()
)
select
  i.indrelid,
  ic.relname,
  am.amname,
  i.indisunique,
  i.indisprimary,
  b.conindid is not null,
  i.indisvalid,
  i.indisready,
  p.index_relid is not null,
  i.indkey::text,
  i.indnkeyatts,
  pg_catalog.pg_get_expr(i.indpred, i.indrelid),
  inh.inhrelid is not null,
  case when not (
      ic.relkind = 'i' and i.indexprs is null and ic.reloptions is null and ic.reltablespace = 0
      and 0 = all (i.indoption::int2[]) and i.indnatts = i.indnkeyatts and not :nulls_not_distinct
      and own_collation.attrelid is null
      and case when i.indnatts = 1 then i.indclass[0] in (select d.oid from default_class d)
        else i.indclass::oid[] <@ array(select d.oid from default_class d) end
      and i.indcollation::oid[] <@ array[0, 'pg_catalog."default"'::regcollation]::oid[]
    ) then pg_catalog.pg_get_indexdef(i.indexrelid)
  end
from pg_catalog.pg_index i
join pg_catalog.pg_class ic on ic.oid = i.indexrelid
join pg_catalog.pg_am am on am.oid = ic.relam
left join behind_constraint b on b.conindid = i.indexrelid
left join building p on p.index_relid = i.indexrelid
left join own_collation on own_collation.attrelid = i.indrelid
left join pg_catalog.pg_inherits inh on inh.inhrelid = i.indexrelid
where i.indrelid >= 16384 and ic.relnamespace <> 'pg_toast'::regnamespace
order by i.indrelid, ic.relname
