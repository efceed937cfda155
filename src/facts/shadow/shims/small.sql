Stand-ins that need few lines, each after its `extension` line (read by shims.ts).
-- extension hypopg
create function hypopg() returns table (indexname text, indrelid oid) language sql as $$ select null::text, null::oid where false $$;
create function hypopg_create_index(sql_order text) returns table (indexrelid oid, indexname text) language sql as $$ select null::oid, null::text where false $$;
create function hypopg_drop_index(indexid oid) returns boolean language sql as 'select true';
create function hypopg_reset() returns void language sql as '';
create function hypopg_relation_size(indexid oid) returns bigint language sql as 'select 0::bigint';
create function hypopg_get_indexdef(indexid oid) returns text language sql as 'select null::text';
-- extension index_advisor
create function index_advisor(query text) returns table (
  startup_cost_before jsonb, startup_cost_after jsonb, total_cost_before jsonb, total_cost_after jsonb, index_statements text[], errors text[]
) language sql as $$ select null::jsonb, null::jsonb, null::jsonb, null::jsonb, '{}'::text[], '{}'::text[] $$;
-- extension pg_jsonschema
create function json_matches_schema(schema json, instance json) returns boolean language sql immutable strict as 'select true';
create function jsonb_matches_schema(schema json, instance jsonb) returns boolean language sql immutable strict as 'select true';
create function jsonschema_is_valid(schema json) returns boolean language sql immutable strict as 'select true';
create function jsonschema_validation_errors(schema json, instance json) returns text[] language sql immutable strict as $$ select '{}'::text[] $$;
-- extension pg_uuidv7
create function uuid_generate_v7() returns uuid language sql volatile as $$
  select encode(overlay(overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6)
    placing '\x70'::bytea from 7 for 1), 'hex')::uuid
$$;
create function uuid_v7_to_timestamptz(uuid) returns timestamptz language sql immutable strict as $$
  select to_timestamp(('x' || left(translate($1::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
$$;
-- extension pg_idkit
create function idkit_uuidv7_generate() returns text language sql as 'select gen_random_uuid()::text';
create function idkit_ulid_generate() returns text language sql as 'select gen_random_uuid()::text';
create function idkit_nanoid_generate() returns text language sql as 'select gen_random_uuid()::text';
create function idkit_cuid2_generate() returns text language sql as 'select gen_random_uuid()::text';
create function idkit_ksuid_generate() returns text language sql as 'select gen_random_uuid()::text';
-- extension pg_hashids
create function id_encode(number bigint) returns text language sql immutable strict as 'select number::text';
create function id_encode(number bigint, salt text) returns text language sql immutable strict as 'select number::text';
create function id_encode(number bigint, salt text, min_length integer) returns text language sql immutable strict as 'select number::text';
create function id_encode(number bigint, salt text, min_length integer, alphabet text) returns text language sql immutable strict as 'select number::text';
create function id_decode(code text) returns bigint[] language sql immutable strict as 'select array[code::bigint]';
create function id_decode(code text, salt text) returns bigint[] language sql immutable strict as 'select array[code::bigint]';
-- extension pgtap
create function plan(integer) returns text language sql as $$ select '1..' || $1 $$;
create function no_plan() returns setof boolean language sql as 'select true where false';
create function finish(exception_on_failure boolean default null) returns setof text language sql as $$ select ''::text where false $$;
create function ok(boolean) returns text language sql as $$ select case when $1 then 'ok' else 'not ok' end $$;
create function ok(boolean, text) returns text language sql as $$ select case when $1 then 'ok - ' else 'not ok - ' end || $2 $$;
create function is(anyelement, anyelement, text default '') returns text language sql as $$ select case when $1 is not distinct from $2 then 'ok' else 'not ok' end $$;
create function pass(text default '') returns text language sql as $$ select 'ok' $$;
create function fail(text default '') returns text language sql as $$ select 'not ok' $$;
-- extension plpgsql_check
create function plpgsql_check_function(funcoid regprocedure, relid regclass default 0, format text default 'text') returns setof text language sql as $$ select ''::text where false $$;
-- extension pgroonga
create access method pgroonga type index handler hashhandler;
create operator class pgroonga_text_full_text_search_ops_v2 default for type text using pgroonga as function 1 hashtext(text);
create operator class pgroonga_text_full_text_search_ops for type text using pgroonga as function 1 hashtext(text);
create operator class pgroonga_varchar_full_text_search_ops_v2 default for type varchar using pgroonga as function 1 hashtext(text);
create operator class pgroonga_jsonb_ops_v2 default for type jsonb using pgroonga as function 1 jsonb_hash(jsonb);
create operator class pgroonga_text_array_full_text_search_ops_v2 default for type text[] using pgroonga as function 1 hash_array(anyarray);
create function pgroonga_match_text(text, text) returns boolean language sql immutable strict as 'select strpos($1, $2) > 0';
create operator &@ (leftarg = text, rightarg = text, function = pgroonga_match_text);
create operator &@~ (leftarg = text, rightarg = text, function = pgroonga_match_text);
create function pgroonga_score(tableoid oid, ctid tid) returns double precision language sql as 'select 0::double precision';
-- extension plv8
create function plv8_call_handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create trusted language plv8 handler plv8_call_handler;
create function plv8_version() returns text language sql as $$ select 'shim' $$;
-- extension plls
create function plls_call_handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create trusted language plls handler plls_call_handler;
-- extension plcoffee
create function plcoffee_call_handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create trusted language plcoffee handler plcoffee_call_handler;
-- extension timescaledb
create function create_hypertable(relation regclass, time_column_name name, partitioning_column name default null, chunk_time_interval anyelement default null::bigint, if_not_exists boolean default false, migrate_data boolean default false)
returns table (hypertable_id integer, schema_name name, table_name name, created boolean) language sql as $$ select 1, null::name, null::name, true $$;
create function add_retention_policy(relation regclass, drop_after interval, if_not_exists boolean default false) returns integer language sql as 'select 1';
create function add_compression_policy(hypertable regclass, compress_after interval, if_not_exists boolean default false) returns integer language sql as 'select 1';
create function time_bucket(bucket_width interval, ts timestamptz) returns timestamptz language sql immutable as $$ select date_bin($1, $2, timestamptz '2000-01-03') $$;
-- extension pg_partman
create function create_parent(
  p_parent_table text, p_control text, p_interval text, p_type text default 'range', p_epoch text default 'none', p_premake integer default 4,
  p_start_partition text default null, p_default_table boolean default true, p_automatic_maintenance text default 'on'
) returns boolean language sql as 'select true';
create function run_maintenance(p_parent_table text default null, p_analyze boolean default false, p_jobmon boolean default true) returns void language sql as '';
create procedure run_maintenance_proc(p_wait integer default 0, p_analyze boolean default null, p_jobmon boolean default true) language sql as '';
create table part_config (
  parent_table text primary key, control text, partition_interval text, partition_type text, premake integer, retention text, retention_keep_table boolean,
  infinite_time_partitions boolean, automatic_maintenance text
);
-- extension pgaudit
-- extension pg_repack
-- extension pg_tle in pgtle
create function pgtle.install_extension(name text, version text, description text, ext text, requires text[] default null) returns boolean language sql as 'select true';
create function pgtle.uninstall_extension_if_exists(extname text) returns boolean language sql as 'select true';
create function pgtle.available_extensions() returns table (name name, default_version text, comment text) language sql as $$ select null::name, null::text, null::text where false $$;
-- extension supabase-dbdev in dbdev
create function dbdev.install(package_name text) returns boolean language sql as 'select true';
create function dbdev.uninstall(package_name text) returns boolean language sql as 'select true';
-- extension basejump-supabase_test_helpers
create schema tests;
create function tests.create_supabase_user(identifier text, email text default null, phone text default null, metadata jsonb default null) returns uuid
language sql security definer set search_path = '' as $$
  insert into auth.users (id, email, phone, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
  values (gen_random_uuid(), coalesce(email, identifier || '@test.com'), phone, jsonb_build_object('test_identifier', identifier) || coalesce(metadata, '{}'), '{}', now(), now())
  returning id
$$;
create function tests.get_supabase_uid(identifier text) returns uuid language sql security definer set search_path = '' as $$
  select id from auth.users where raw_user_meta_data ->> 'test_identifier' = identifier
$$;
create function tests.get_supabase_user(identifier text) returns json language sql security definer set search_path = '' as $$
  select to_json(u) from auth.users u where raw_user_meta_data ->> 'test_identifier' = identifier
$$;
create function tests.authenticate_as(identifier text) returns void language sql as '';
create function tests.authenticate_as_service_role() returns void language sql as '';
create function tests.clear_authentication() returns void language sql as '';
create function tests.rls_enabled(testing_schema text) returns text language sql as $$ select 'ok' $$;
create function tests.rls_enabled(testing_schema text, testing_table text) returns text language sql as $$ select 'ok' $$;
create function tests.freeze_time(frozen_time timestamptz) returns void language sql as '';
create function tests.unfreeze_time() returns void language sql as '';
grant usage on schema tests to anon, authenticated, service_role, postgres;
-- As in a sign-up, triggers on auth.users run as who owns it, never as a superuser.
alter function tests.create_supabase_user(text, text, text, jsonb) owner to supabase_auth_admin;
alter function tests.get_supabase_uid(text) owner to supabase_auth_admin;
alter function tests.get_supabase_user(text) owner to supabase_auth_admin;
-- extension pg_stat_monitor
-- extension rum
-- extension address_standardizer
-- extension address_standardizer_data_us
-- extension postgis_topology
-- extension postgis_raster
-- extension postgis_sfcgal
-- extension postgis_tiger_geocoder
-- extension pgrouting
-- extension pgroonga_database
-- extension supautils
-- extension pg_plan_filter
-- extension safeupdate
