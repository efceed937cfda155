select
  l.provider,
  pg_catalog.format('%s %s', l.objtype, l.objname) as object,
  l.label
from pg_catalog.pg_seclabels l
where l.objnamespace is null or l.objnamespace in (select ns.oid from (:namespaces) ns)
order by l.provider collate "C", l.objtype collate "C", l.objname collate "C"
