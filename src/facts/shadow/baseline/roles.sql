-- Roles of a hosted Supabase project: attributes, memberships, settings. Cluster-wide, so safe to run again.
-- Facts from the migrations of supabase/postgres (2026).
do $$
declare
  r record;
begin
  for r in
    select * from (values
      ('postgres', 'login createdb createrole replication bypassrls'),
      ('anon', 'nologin inherit'),
      ('authenticated', 'nologin inherit'),
      ('service_role', 'nologin inherit bypassrls'),
      ('authenticator', 'login noinherit'),
      ('supabase_auth_admin', 'login noinherit createrole'),
      ('supabase_storage_admin', 'login noinherit createrole'),
      ('supabase_realtime_admin', 'nologin noinherit'),
      ('supabase_functions_admin', 'login noinherit createrole'),
      ('supabase_replication_admin', 'login replication'),
      ('supabase_etl_admin', 'login replication bypassrls'),
      ('supabase_read_only_user', 'login bypassrls'),
      ('supabase_privileged_role', 'nologin'),
      ('dashboard_user', 'nologin createdb createrole replication'),
      ('pgbouncer', 'login')
    ) as wanted(name, attributes)
  loop
    if not exists (select from pg_roles where rolname = r.name) then
      execute format('create role %I %s', r.name, r.attributes);
    end if;
  end loop;
end
$$;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option;
grant authenticator to supabase_storage_admin;
grant supabase_privileged_role to postgres, supabase_etl_admin;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
grant pg_read_all_data to supabase_read_only_user;
grant pg_monitor, pg_read_all_data to supabase_etl_admin;

-- On hosted Supabase an extension (supautils) lets `postgres` make policies on the tables of auth, storage and realtime
-- and change settings of API roles without owning either. Plain PostgreSQL knows no such right, so here `postgres`
-- inherits from the owning roles. It is therefore somewhat freer than hosted: it can also alter those tables.
do $$
begin
  if current_setting('server_version_num')::int >= 160000 then
    execute 'grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to postgres with inherit true, set false';
    execute 'grant authenticator to postgres with admin true, inherit false, set false';
  else
    execute 'grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to postgres';
  end if;
end
$$;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60000';
alter role supabase_storage_admin set search_path = storage;
alter role supabase_functions_admin set search_path = supabase_functions;

-- Parameters that supautils lets `postgres` set on hosted Supabase.
grant set on parameter
  pgrst.db_schemas, pgrst.db_extra_search_path, pgrst.db_max_rows, pgrst.db_pre_request, pgrst.db_aggregates_enabled,
  pgrst.db_plan_enabled, pgrst.db_anon_role, pgrst.db_channel_enabled, pgrst.db_root_spec, pgrst.openapi_mode,
  pgrst.server_timing_enabled, pgrst.jwt_secret, pgrst.jwt_aud,
  pgaudit.log, pgaudit.log_catalog, pgaudit.log_parameter, pgaudit.log_relation, pgaudit.role,
  session_replication_role, log_min_messages, log_statement, log_min_duration_statement, log_temp_files, track_io_timing, wal_compression
to postgres;

-- The database itself belongs to postgres, and through pg_database_owner schema public.
do $$
begin
  execute format('alter database %I owner to postgres', current_database());
end
$$;
