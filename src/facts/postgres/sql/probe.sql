-- What the role may read and what the server has, before anything is read from optional relations.
-- One JSON object; see probe.ts.
with me as (
  select r.rolname, r.rolsuper, r.rolbypassrls from pg_catalog.pg_roles r where r.rolname = current_user
),
optional as (
  select
    n.nspname,
    c.relname,
    c.oid,
    pg_catalog.has_schema_privilege(n.oid, 'usage') as usage,
    pg_catalog.has_table_privilege(c.oid, 'select') as readable,
    pg_catalog.row_security_active(c.oid) as filtered,
    pg_catalog.pg_get_userbyid(c.relowner) as owner,
    (
      select pg_catalog.array_agg(a.attname::text order by a.attnum)
      from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ) as columns
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'f')
    and (
      (n.nspname, c.relname) in (
        ('auth', 'users'), ('auth', 'mfa_factors'), ('auth', 'audit_log_entries'),
        ('storage', 'buckets'), ('storage', 'objects'),
        ('cron', 'job'), ('cron', 'job_run_details'), ('net', '_http_response'),
        ('supabase_migrations', 'schema_migrations'), ('public', 'schema_migrations')
      )
      or c.relname in ('_prisma_migrations', '__drizzle_migrations', 'goose_db_version', 'flyway_schema_history')
      or (c.relname = 'pg_stat_statements' and exists (
        select from pg_catalog.pg_depend d
        where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      ))
    )
)
select pg_catalog.jsonb_build_object(
  'versionNum', pg_catalog.current_setting('server_version_num')::int,
  'user', current_user,
  'superuser', (select rolsuper from me),
  'bypassRls', (select rolsuper or rolbypassrls from me),
  'backendPid', pg_catalog.pg_backend_pid(),
  'readAllStats', pg_catalog.pg_has_role('pg_read_all_stats', 'usage'),
  'readAllSettings', pg_catalog.pg_has_role('pg_read_all_settings', 'usage'),
  'controlSystem', pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute'),
  'lockSlots', pg_catalog.current_setting('max_locks_per_transaction')::int
    * (pg_catalog.current_setting('max_connections')::int + pg_catalog.current_setting('max_prepared_transactions')::int),
  'guardSchema', (
    select n.nspname from pg_catalog.pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by n.nspname <> 'public', n.nspname <> all (:platform_schemas) desc, n.nspname
    limit 1
  ),
  'unreadableTables', coalesce((select pg_catalog.json_agg(u.name) from (:unreadable_tables) u), '[]')::jsonb,
  'plpgsqlCheck', (
    select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'plpgsql_check' and e.extversion <> 'shim' and pg_catalog.has_schema_privilege(n.oid, 'usage')
  ),
  'optional', coalesce((
    select pg_catalog.jsonb_object_agg(
      pg_catalog.format('%s.%s', o.nspname, o.relname),
      pg_catalog.jsonb_build_object(
        'schema', o.nspname, 'name', o.relname, 'usage', o.usage, 'readable', o.readable, 'filtered', o.filtered,
        'owner', o.owner, 'columns', o.columns
      )
    )
    from optional o
  ), '{}')
) as probe
