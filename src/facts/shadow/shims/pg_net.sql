create schema net;
create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);
create domain net.http_method as text check (upper(value) in ('GET', 'POST', 'DELETE'));
create unlogged table net.http_request_queue (
  id bigserial primary key,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);
create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index _http_response_created_idx on net._http_response (created);

-- Nothing is sent: the request stays in the queue.
create function net.http_get(url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000)
returns bigint language sql security definer set search_path = net as $$
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds) values ('GET', url, headers, timeout_milliseconds) returning id
$$;
create function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000
) returns bigint language sql security definer set search_path = net as $$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ('POST', url, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds) returning id
$$;
create function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000, body jsonb default null
) returns bigint language sql security definer set search_path = net as $$
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds) values ('DELETE', url, headers, timeout_milliseconds) returning id
$$;
create function net.http_collect_response(request_id bigint, async boolean default true) returns net.http_response_result language sql as $$
  select row('PENDING', 'request is pending processing', null)::net.http_response_result
$$;
create function net._http_collect_response(request_id bigint, async boolean default true) returns net.http_response_result language sql as $$
  select net.http_collect_response(request_id, async)
$$;
create function net.check_worker_is_up() returns void language sql as '';
create function net.worker_restart() returns boolean language sql as 'select true';

grant usage on schema net to supabase_functions_admin, postgres, anon, authenticated, service_role;
revoke all on function net.http_get(text, jsonb, jsonb, integer), net.http_post(text, jsonb, jsonb, jsonb, integer) from public;
grant execute on function net.http_get(text, jsonb, jsonb, integer), net.http_post(text, jsonb, jsonb, jsonb, integer)
  to supabase_functions_admin, postgres, anon, authenticated, service_role;
grant all on all tables in schema net to postgres, anon, authenticated, service_role;
grant usage on sequence net.http_request_queue_id_seq to postgres;
-- A definer's rights are not a superuser's, whom triggers on the queue would run as.
alter function net.http_get(text, jsonb, jsonb, integer) owner to postgres;
alter function net.http_post(text, jsonb, jsonb, jsonb, integer) owner to postgres;
alter function net.http_delete(text, jsonb, jsonb, integer, jsonb) owner to postgres;
