create sequence graphql.seq_schema_version;
create function graphql.resolve(query text, variables jsonb default '{}', "operationName" text default null, extensions jsonb default null)
returns jsonb language sql as $$ select '{"data": null}'::jsonb $$;
create function graphql.comment_directive(comment_ text) returns jsonb language sql immutable as $$ select '{}'::jsonb $$;
create function graphql.get_schema_version() returns integer language sql as 'select 1';
create function graphql.increment_schema_version() returns event_trigger language plpgsql as 'begin end';
grant usage on schema graphql to anon, authenticated, service_role;
grant usage on schema graphql to postgres with grant option;
grant execute on all functions in schema graphql to postgres, anon, authenticated, service_role;
