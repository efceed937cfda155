-- Schema realtime: what projects reach from SQL (messages with its policies, send, broadcast_changes, topic) and the publication.
create schema realtime;
grant usage on schema realtime to postgres, anon, authenticated, service_role;
grant all on schema realtime to supabase_realtime_admin;

create table realtime.schema_migrations (version bigint primary key, inserted_at timestamp(0));
create type realtime.action as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ERROR');
create type realtime.equality_op as enum (
  'eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'ilike', 'is', 'match', 'imatch', 'isdistinct'
);
create type realtime.user_defined_filter as (column_name text, op realtime.equality_op, value text, negate boolean);
create type realtime.wal_column as (name text, type_name text, type_oid oid, value jsonb, is_pkey boolean, is_selectable boolean);
create type realtime.wal_rls as (wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[]);
create function realtime.to_regrole(role_name text) returns regrole language sql immutable as $$ select role_name::regrole $$;
create table realtime.subscription (
  id bigint generated always as identity constraint pk_subscription primary key,
  subscription_id uuid not null,
  entity regclass not null,
  filters realtime.user_defined_filter[] not null default '{}',
  claims jsonb not null,
  claims_role regrole not null generated always as (realtime.to_regrole(claims ->> 'role')) stored,
  created_at timestamp not null default timezone('utc', now()),
  action_filter text default '*'
    constraint subscription_action_filter_check check (action_filter in ('*', 'INSERT', 'UPDATE', 'DELETE')),
  selected_columns text[]
);
create index ix_realtime_subscription_entity on realtime.subscription (entity);
create unique index subscription_subscription_id_entity_filters_action_filter_selec
  on realtime.subscription (subscription_id, entity, filters, action_filter, coalesce(selected_columns, '{}'));

-- What the Realtime server calls while it reads changes: signatures only, since no change is ever read here.
create function realtime.cast(val text, type_ regtype) returns jsonb language sql immutable as $$ select to_jsonb(val) $$;
create function realtime.quote_wal2json(entity regclass) returns text language sql immutable as $$ select entity::text $$;
create function realtime.wal2json_escape_identifier(name text) returns text language sql immutable as $$ select name $$;
create function realtime.check_equality_op(op realtime.equality_op, type_ regtype, val_1 text, val_2 text) returns boolean
  language sql immutable as $$ select null::boolean $$;
create function realtime.check_equality_op(op realtime.equality_op, type_ regtype, val_1 text, val_2 text, negate boolean)
  returns boolean language sql stable as $$ select null::boolean $$;
create function realtime.is_visible_through_filters(columns realtime.wal_column[], filters realtime.user_defined_filter[])
  returns boolean language sql stable as $$ select null::boolean $$;
create function realtime.build_prepared_statement_sql(prepared_statement_name text, entity regclass, columns realtime.wal_column[])
  returns text language sql as $$ select null::text $$;
create function realtime.apply_rls(wal jsonb, max_record_bytes integer default 1024 * 1024) returns setof realtime.wal_rls
  language sql as $$ select null::realtime.wal_rls where false $$;
create function realtime.list_changes(publication name, slot_name name, max_changes integer, max_record_bytes integer)
  returns table (wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[], slot_changes_count bigint)
  language sql as $$ select null::jsonb, null::boolean, null::uuid[], null::text[], null::bigint where false $$;
create function realtime.subscription_check_filters() returns trigger language plpgsql as $$
begin
  return new;
end
$$;
create trigger tr_check_filters before insert or update on realtime.subscription
  for each row execute function realtime.subscription_check_filters();

create table realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at),
  constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);
create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private;
alter table realtime.messages enable row level security;

create function realtime.topic() returns text language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')::text
$$;
-- The day's partition is made by the Realtime server; here by the first message of the day.
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql security definer set search_path = '' as $$
declare
  today date := current_date;
  partition text := 'messages_' || to_char(today, 'YYYY_MM_DD');
begin
  if to_regclass('realtime.' || partition) is null then
    execute format('create table realtime.%I partition of realtime.messages for values from (%L) to (%L)', partition, today, today + 1);
  end if;
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (payload, event, topic, private, extension) values (payload, event, topic, private, 'broadcast');
exception when others then
  raise warning 'the broadcast message was not sent: %', sqlerrm;
end
$$;
create function realtime.send_binary(payload bytea, event text, topic text, private boolean default true) returns void
language sql security definer set search_path = '' as $$
  select realtime.send(jsonb_build_object('bytes', length(payload)), event, topic, private)
$$;
create function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record, level text default 'ROW'
) returns void language plpgsql as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  if operation not in ('INSERT', 'UPDATE', 'DELETE') then
    raise exception 'Unexpected operation type: %', operation;
  end if;
  perform realtime.send(
    jsonb_build_object('old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name);
end
$$;

grant select, insert, update on realtime.messages to anon, authenticated, service_role;
grant all on all tables in schema realtime to postgres, dashboard_user;
grant all on all sequences in schema realtime to postgres, dashboard_user;
grant all on all routines in schema realtime to postgres, dashboard_user;
grant select on realtime.subscription to anon, authenticated, service_role;
revoke all on realtime.schema_migrations from postgres, dashboard_user;
alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.subscription owner to supabase_realtime_admin;
do $$
declare
  item text;
begin
  -- None is a superuser's: triggers that a project puts on realtime.messages run with the rights of send().
  for item in select oid::regprocedure::text from pg_proc where pronamespace = 'realtime'::regnamespace loop
    execute 'alter function ' || item || ' owner to supabase_realtime_admin';
  end loop;
  for item in select format('realtime.%I', typname) from pg_type where typnamespace = 'realtime'::regnamespace and (typtype = 'e' or typname in ('user_defined_filter', 'wal_column', 'wal_rls')) loop
    execute 'alter type ' || item || ' owner to supabase_realtime_admin';
  end loop;
end
$$;
alter default privileges for role supabase_admin in schema realtime grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_admin in schema realtime grant all on sequences to postgres, dashboard_user;
alter default privileges for role supabase_admin in schema realtime grant all on routines to postgres, dashboard_user;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
