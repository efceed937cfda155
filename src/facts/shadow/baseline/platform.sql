-- What is left of a hosted project's database: schemas extensions and public with their default privileges, graphql_public,
-- supabase_functions (database webhooks), supabase_migrations, pgbouncer.
create schema extensions;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to postgres, dashboard_user;
set session authorization postgres;
create extension pgcrypto with schema extensions;
create extension "uuid-ossp" with schema extensions;
reset session authorization;
create extension pg_stat_statements with schema extensions;
grant all on all tables in schema extensions to postgres with grant option;
grant all on all routines in schema extensions to postgres with grant option;
grant all on all routines in schema extensions to dashboard_user;
alter default privileges in schema extensions grant all on tables to postgres with grant option;
alter default privileges in schema extensions grant all on routines to postgres with grant option;
alter default privileges in schema extensions grant all on sequences to postgres with grant option;

-- The legacy regime: everything made in public is granted to the API roles. A replay takes it back from 2026-05-30 on.
grant usage on schema public to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public grant all on functions to postgres, anon, authenticated, service_role;

create schema graphql_public;
grant usage on schema graphql_public to anon, authenticated, service_role;
grant usage on schema graphql_public to postgres with grant option;
create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null, extensions jsonb default null
) returns jsonb language plpgsql as $$
begin
  return jsonb_build_object('errors', jsonb_build_array(jsonb_build_object('message', 'pg_graphql extension is not enabled.')));
end
$$;
grant all on function graphql_public.graphql(text, text, jsonb, jsonb) to postgres, anon, authenticated, service_role;

alter default privileges for role supabase_admin in schema graphql_public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema graphql_public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema graphql_public grant all on functions to postgres, anon, authenticated, service_role;

-- What hosted Supabase does when an extension comes or a definition changes: rights of pg_cron, pg_net and pg_graphql, which
-- our stand-ins bring themselves, and word to the Data API, which nobody waits for here. Dumps name all of them.
do $$
declare
  item record;
begin
  for item in
    select * from (values
      ('grant_pg_cron_access', 'issue_pg_cron_access', 'ddl_command_end', array['CREATE EXTENSION']),
      ('grant_pg_graphql_access', 'issue_pg_graphql_access', 'ddl_command_end', array['CREATE FUNCTION']),
      ('grant_pg_net_access', 'issue_pg_net_access', 'ddl_command_end', array['CREATE EXTENSION']),
      ('set_graphql_placeholder', 'issue_graphql_placeholder', 'sql_drop', array['DROP EXTENSION']),
      ('pgrst_ddl_watch', 'pgrst_ddl_watch', 'ddl_command_end', null),
      ('pgrst_drop_watch', 'pgrst_drop_watch', 'sql_drop', null)
    ) as t(fn, name, event, tags)
  loop
    execute format('create function extensions.%I() returns event_trigger language plpgsql as %L', item.fn, 'begin end');
    execute format('create event trigger %I on %s %s execute function extensions.%I()', item.name, item.event,
      case when item.tags is not null then format('when tag in (%L)', item.tags[1]) else '' end, item.fn);
  end loop;
end
$$;

create schema supabase_functions;
grant usage on schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on schema supabase_functions to supabase_functions_admin;
create table supabase_functions.migrations (version text primary key, inserted_at timestamptz not null default now());
create table supabase_functions.hooks (
  id bigserial primary key,
  hook_table_id integer not null,
  hook_name text not null,
  created_at timestamptz not null default now(),
  request_id bigint
);
comment on table supabase_functions.hooks is 'Supabase Functions Hooks: Audit trail for triggered hooks.';
create index supabase_functions_hooks_request_id_idx on supabase_functions.hooks (request_id);
create index supabase_functions_hooks_h_table_id_h_name_idx on supabase_functions.hooks (hook_table_id, hook_name);
-- Arguments: url, method, headers, params, timeout in ms. A throw-away database calls nobody: only the trail is kept.
create function supabase_functions.http_request() returns trigger language plpgsql security definer set search_path = supabase_functions as $$
begin
  if coalesce(tg_argv[0], 'null') = 'null' then
    raise exception 'url argument is missing';
  end if;
  if coalesce(tg_argv[1], '') not in ('GET', 'POST') then
    raise exception 'method argument % is invalid', coalesce(tg_argv[1], 'null');
  end if;
  insert into supabase_functions.hooks (hook_table_id, hook_name) values (tg_relid::oid::bigint, tg_name);
  return coalesce(new, old);
end
$$;
grant all on all tables in schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on all sequences in schema supabase_functions to postgres, anon, authenticated, service_role;
alter table supabase_functions.migrations owner to supabase_functions_admin;
alter table supabase_functions.hooks owner to supabase_functions_admin;
alter function supabase_functions.http_request() owner to supabase_functions_admin;
revoke all on function supabase_functions.http_request() from public;
grant execute on function supabase_functions.http_request() to postgres, anon, authenticated, service_role;

create schema supabase_migrations authorization postgres;
create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text, created_by text, idempotency_key text unique, rollback text[]);
alter table supabase_migrations.schema_migrations owner to postgres;

create schema pgbouncer authorization pgbouncer;

-- Part of every hosted project. A server of the user's own may have neither it nor our shim.
do $$
begin
  if exists (select from pg_available_extensions where name = 'supabase_vault') then
    create extension supabase_vault;
  end if;
end
$$;
