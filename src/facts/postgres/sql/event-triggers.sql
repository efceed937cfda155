select
  t.evtname as name,
  t.evtevent as event,
  t.evtenabled as enabled,
  coalesce(t.evttags, '{}') as tags,
  pg_catalog.format('%I.%I', n.nspname, p.proname) as "function",
  pg_catalog.pg_get_userbyid(t.evtowner) as owner
from pg_catalog.pg_event_trigger t
join pg_catalog.pg_proc p on p.oid = t.evtfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
-- PostgreSQL has none there; supaready's guard in a shadow database (extension-guard.ts) is nobody's object.
where n.nspname <> 'pg_catalog'
order by t.evtname
