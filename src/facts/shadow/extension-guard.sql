-- Session_replication_role = replica, for the time of CREATE EXTENSION and ALTER EXTENSION UPDATE, silences every event trigger
-- that is not ENABLE ALWAYS; it belongs to the (sub)transaction, so that an error takes it back. The function is PostgreSQL's by
-- its schema, for whoever looks at the project's functions.
set local allow_system_table_mods = on;
create function pg_catalog.supaready_extension_guard() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_event = 'ddl_command_start' then
    perform set_config('supaready.role_before', current_setting('session_replication_role'), true);
    perform set_config('session_replication_role', 'replica', true);
  else
    perform set_config('session_replication_role', current_setting('supaready.role_before'), true);
    -- It connects without a password, as whom the server runs as: not for role postgres, to whom default privileges give it.
    update pg_proc set proacl = array[makeaclitem(proowner, proowner, 'EXECUTE', true)] where proname = 'dblink_connect_u';
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
