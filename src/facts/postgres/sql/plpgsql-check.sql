-- plpgsql_check over the project's functions, for each table a trigger function stands on. It reads and plans, and executes
-- nothing. Names are written before search_path changes to that of a caller; the roll-back after the query sets it back.
with ns as materialized (:namespaces),
listed as materialized (
  select json_agg(json_build_object(
    'oid', p.oid, 'schema', ns.nspname, 'name', p.proname,
    'arguments', pg_catalog.pg_get_function_identity_arguments(p.oid),
    'definition', pg_catalog.pg_get_functiondef(p.oid), 'source', p.prosrc,
    'is_trigger', p.prorettype = 'pg_catalog.trigger'::regtype)) as functions
  from pg_catalog.pg_proc p
  join ns on ns.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  where l.lanname = 'plpgsql' and p.prokind in ('f', 'p') and not ns.platform and not exists (
    select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
),
callers as materialized (
  select l.functions, pg_catalog.set_config('search_path', '"$user", public, extensions', true) from listed l
),
standing as (
  select t.tgfoid, t.tgrelid, max(t.tgoldtable) as old, max(t.tgnewtable) as new
  from pg_catalog.pg_trigger t where not t.tgisinternal and t.tgparentid = 0 group by t.tgfoid, t.tgrelid
)
select f.schema, f.name, f.arguments, f.definition, f.source, tn.nspname as "tableSchema", tc.relname as "tableName",
  s.old as "oldTable", s.new as "newTable", i.lineno, i.statement, i.sqlstate, i.message, i.level,
  (select e.extversion from pg_catalog.pg_extension e where e.extname = 'plpgsql_check') as version,
  pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) as server
from callers c
cross join lateral json_to_recordset(c.functions)
  as f (oid oid, schema text, name text, arguments text, definition text, source text, is_trigger boolean)
left join standing s on f.is_trigger and s.tgfoid = f.oid
left join pg_catalog.pg_class tc on tc.oid = s.tgrelid
left join pg_catalog.pg_namespace tn on tn.oid = tc.relnamespace
left join lateral :check_schema.plpgsql_check_function_tb(
  funcoid := f.oid::regprocedure, relid := coalesce(s.tgrelid, 0)::regclass, fatal_errors := false, performance_warnings := false,
  security_warnings := true, oldtable := s.old, newtable := s.new) i on true
where not f.is_trigger or s.tgrelid is not null
order by f.schema collate "C", f.name collate "C", f.arguments collate "C", tn.nspname collate "C", tc.relname collate "C", i.lineno, i.level, i.message
