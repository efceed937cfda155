-- Validators accept every option but those that let postgres_fdw, which stands behind, connect as who supaready runs as.
-- Runs as the superuser with the project's schema in the search path: what it calls is named in full.
do $$
declare
  name text;
begin
  foreach name in array array[
    'airtable', 'auth0', 'big_query', 'click_house', 'cognito', 'firebase', 'hello_world', 'iceberg', 'logflare', 'mssql', 'redis', 's3', 'stripe', 'wasm', 'duckdb'
  ] loop
    execute pg_catalog.format('create function %I() returns fdw_handler language c strict as %L, %L', name || '_fdw_handler', '$libdir/postgres_fdw', 'postgres_fdw_handler');
    execute pg_catalog.format('create function %I(text[], oid) returns void language plpgsql set search_path = pg_catalog, pg_temp as %L', name || '_fdw_validator',
      'begin if exists (select from unnest($1) o where o ~ ''^(password_required|sslcert|sslkey|sslpassword)='') then raise insufficient_privilege using message = ''permission denied for an option of postgres_fdw''; end if; end');
    execute pg_catalog.format('create function %I() returns table (name text, version text, author text, website text) language sql as %L', name || '_fdw_meta',
      'select null::text, null::text, null::text, null::text where false');
  end loop;
end
$$;
create table wrappers_fdw_stats (
  fdw_name text primary key,
  create_times bigint, rows_in bigint, rows_out bigint, bytes_in bigint, bytes_out bigint, metadata jsonb,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now()
);
