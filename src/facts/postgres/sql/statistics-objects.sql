with ns as materialized (:namespaces)
select
  ns.nspname as schema,
  s.stxname as name,
  tn.nspname as "tableSchema",
  t.relname as "table",
  pg_catalog.pg_get_userbyid(s.stxowner) as owner,
  case when s.stxstattarget >= 0 then s.stxstattarget end as target,
  pg_catalog.pg_get_statisticsobjdef(s.oid) as definition,
  ns.platform
from pg_catalog.pg_statistic_ext s
join ns on ns.oid = s.stxnamespace
join pg_catalog.pg_class t on t.oid = s.stxrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
order by ns.nspname, s.stxname
