select
  d.datname as name,
  pg_catalog.current_setting('server_version') as "serverVersion",
  pg_catalog.current_setting('server_version_num')::int as "serverVersionNum",
  :system_identifier as "systemIdentifier",
  pg_catalog.pg_encoding_to_char(d.encoding) as encoding,
  d.datcollate as collation,
  pg_catalog.to_jsonb(d) ->> 'datcollversion' as "collationVersion",
  :actual_collation_version as "actualCollationVersion",
  pg_catalog.pg_is_in_recovery() as "inRecovery",
  -- What PostgREST reads: settings of its role in this database go before those of its role everywhere.
  (
    select pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1)
    from pg_catalog.pg_db_role_setting s
    join pg_catalog.pg_roles r on r.oid = s.setrole
    cross join lateral unnest(s.setconfig) as c (setting)
    where r.rolname = 'authenticator' and s.setdatabase in (0, d.oid) and c.setting like 'pgrst.db\_schemas=%'
    order by s.setdatabase = 0
    limit 1
  ) as "roleSchemas",
  pg_catalog.current_setting('pgrst.db_schemas', true) as "sessionSchemas",
  exists (
    select from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'auth' and c.relname = 'users' and c.relkind = 'r'
  ) as "hasSupabaseAuth"
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()
