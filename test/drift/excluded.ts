/** Changes that are nobody's drift, by the id of the exclusion that leaves them out; run as the superuser, and taken back. */
export const EXCLUDED: Readonly<Record<string, { sql: string; back: string }>> = {
  'platform objects': {
    sql: `alter table auth.users add column by_service text; create index by_service_idx on auth.users (by_service);
      create table storage.by_service (id integer primary key); alter table storage.by_service owner to supabase_storage_admin;
      create function realtime.by_service() returns integer language sql as 'select 1'; alter function realtime.by_service() owner to supabase_realtime_admin;
      create type auth.by_service as enum ('a'); alter type auth.by_service owner to supabase_auth_admin; comment on table auth.users is 'x'`,
    back: `alter table auth.users drop column by_service; drop table storage.by_service; drop function realtime.by_service(); drop type auth.by_service; comment on table auth.users is null`,
  },
  'extension members': {
    sql: `create function public.of_citext() returns integer language sql as 'select 1'; alter extension citext add function public.of_citext()`,
    back: 'alter extension citext drop function public.of_citext(); drop function public.of_citext()',
  },
  books: {
    sql: `create table public._prisma_migrations (id text primary key); create table public.schema_migrations (version text); insert into supabase_migrations.schema_migrations (version) values ('20300101000000')`,
    back: `drop table public._prisma_migrations, public.schema_migrations; delete from supabase_migrations.schema_migrations where version = '20300101000000'`,
  },
  'platform roles': {
    sql: `alter role dashboard_user connection limit 7; alter role supabase_auth_admin set statement_timeout = '1s'`,
    back: 'alter role dashboard_user connection limit -1; alter role supabase_auth_admin reset statement_timeout',
  },
  'platform settings': {
    sql: `alter role authenticator set pgrst.db_schemas = 'public'; alter role authenticated set log_statement = 'all';
      do $$ begin execute format('alter database %I set app.settings.jwt_exp = 3600', current_database()); execute format('alter database %I set search_path = public, extensions', current_database()); end $$`,
    back: `alter role authenticator reset pgrst.db_schemas; alter role authenticated reset log_statement;
      do $$ begin execute format('alter database %I reset app.settings.jwt_exp', current_database()); execute format('alter database %I reset search_path', current_database()); end $$`,
  },
  'default privileges': {
    sql: 'alter default privileges for role supabase_storage_admin in schema public grant select on tables to anon; alter default privileges for role postgres in schema storage grant truncate on tables to anon',
    back: 'alter default privileges for role supabase_storage_admin in schema public revoke select on tables from anon; alter default privileges for role postgres in schema storage revoke truncate on tables from anon',
  },
  'platform publications': {
    sql: 'create publication supabase_realtime_messages_publication_v2 for table realtime.messages; create event trigger graphql_watch_drop on sql_drop execute function public.on_ddl()',
    back: 'drop publication supabase_realtime_messages_publication_v2; drop event trigger graphql_watch_drop',
  },
  'owner of public': {
    sql: 'alter schema public owner to postgres',
    back: 'alter schema public owner to pg_database_owner',
  },
  secrets: {
    sql: `alter role drift_reporting password 'p'`,
    back: 'alter role drift_reporting password null',
  },
};
