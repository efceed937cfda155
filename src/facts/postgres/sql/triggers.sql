-- A partition's copy of a trigger is left out unless it is switched differently from its parent's.
with ns as materialized (:namespaces)
select
  ns.nspname as schema,
  c.relname as "table",
  t.tgname as name,
  t.tgenabled as enabled,
  t.tgisinternal as internal,
  k.conname as "constraint",
  fn.nspname as "functionSchema",
  f.proname as "function",
  pg_catalog.pg_get_triggerdef(t.oid) as definition,
  ns.platform
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join ns on ns.oid = c.relnamespace
join pg_catalog.pg_proc f on f.oid = t.tgfoid
join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
left join pg_catalog.pg_trigger parent on parent.oid = t.tgparentid
left join pg_catalog.pg_constraint k on k.oid = t.tgconstraint
where (not t.tgisinternal or (t.tgconstraint <> 0 and t.tgenabled = 'D'))
  and (parent.oid is null or parent.tgenabled <> t.tgenabled)
order by ns.nspname, c.relname, t.tgname
