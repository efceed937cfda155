-- Session_replication_role = replica, for the time of CREATE EXTENSION and ALTER EXTENSION UPDATE, silences every event trigger
-- that is not ENABLE ALWAYS; it belongs to the (sub)transaction, so that an error takes it back. The function is PostgreSQL's by
-- its schema, for whoever looks at the project's functions.
set local allow_system_table_mods = on;
-- A foreign key into a superuser's table has the superuser look there, and run the project's casts while it does; a trigger on
-- it runs as whoever writes. Default privileges give role postgres both on what extensions bring.
create function pg_catalog.supaready_narrow() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  item record;
begin
  for item in
    select distinct c.oid::regclass as relation, case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee
    from pg_class c join pg_roles o on o.oid = c.relowner, aclexplode(c.relacl) a
    where c.relkind in ('r', 'p') and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      and o.rolsuper and a.grantee <> c.relowner and a.privilege_type in ('REFERENCES', 'TRIGGER')
  loop
    execute format('revoke references, trigger on table %s from %s cascade', item.relation, item.grantee);
  end loop;
end
$$;
revoke all on function pg_catalog.supaready_narrow() from public;
create function pg_catalog.supaready_extension_guard() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_event = 'ddl_command_start' then
    perform set_config('supaready.role_before', current_setting('session_replication_role'), true);
    perform set_config('session_replication_role', 'replica', true);
  else
    perform supaready_narrow();
    perform set_config('session_replication_role', current_setting('supaready.role_before'), true);
    -- It connects without a password, as whom the server runs as: not for role postgres, to whom default privileges give it.
    update pg_proc set proacl = array[makeaclitem(proowner, proowner, 'EXECUTE', true)]
    where proname = 'dblink_connect_u' and proowner in (select oid from pg_roles where rolsuper);
  end if;
end
$$;
create event trigger "~~supaready_extension_start" on ddl_command_start when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
  execute function pg_catalog.supaready_extension_guard();
create event trigger supaready_extension_end on ddl_command_end when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
  execute function pg_catalog.supaready_extension_guard();
alter event trigger "~~supaready_extension_start" enable always;
alter event trigger supaready_extension_end enable always;
set local allow_system_table_mods = off;
select pg_catalog.supaready_narrow();
