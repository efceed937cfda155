-- Harbor's house rules, before the first table.

-- Everything that no browser may touch lives here. The Data API does not expose it (config.toml, [api].schemas).
create schema internal;
comment on schema internal is 'Server side of the shop: helpers, audit trail, queue, reporting. Never exposed by the Data API.';
revoke all on schema internal from public;
grant usage on schema internal to authenticated, service_role;

-- New objects are closed until a migration opens them.
alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated;
alter default privileges for role postgres in schema public revoke all on sequences from anon, authenticated;
alter default privileges for role postgres in schema public revoke all on functions from anon, authenticated;
alter default privileges for role postgres revoke execute on functions from public;

-- The shop has no GraphQL client.
drop extension if exists pg_graphql;

create function internal.set_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
comment on function internal.set_updated_at() is 'Trigger: keeps updated_at honest.';
