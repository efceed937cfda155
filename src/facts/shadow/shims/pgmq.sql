create table pgmq.meta (
  queue_name varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz not null default now()
);
create type pgmq.message_record as (msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb);
create type pgmq.queue_record as (queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz);
create type pgmq.metrics_result as (
  queue_name text, queue_length bigint, newest_msg_age_sec integer, oldest_msg_age_sec integer, total_messages bigint, scrape_time timestamptz
);
create function pgmq.create_non_partitioned(queue_name text) returns void language plpgsql security definer set search_path = '' as $$
begin
  execute format('create table if not exists pgmq.%I (msg_id bigint primary key generated always as identity, read_ct int not null default 0, enqueued_at timestamptz not null default now(), vt timestamptz not null, message jsonb, headers jsonb)', 'q_' || lower(queue_name));
  execute format('create table if not exists pgmq.%I (msg_id bigint primary key, read_ct int not null default 0, enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(), vt timestamptz not null, message jsonb, headers jsonb)', 'a_' || lower(queue_name));
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged) values (create_non_partitioned.queue_name, false, false) on conflict do nothing;
end
$$;
create function pgmq.create(queue_name text) returns void language sql as 'select pgmq.create_non_partitioned(queue_name)';
create function pgmq.create_unlogged(queue_name text) returns void language sql as 'select pgmq.create_non_partitioned(queue_name)';
create function pgmq.create_partitioned(queue_name text, partition_interval text default '10000', retention_interval text default '100000')
returns void language sql as 'select pgmq.create_non_partitioned(queue_name)';
create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  execute format('drop table if exists pgmq.%I, pgmq.%I', 'q_' || lower(queue_name), 'a_' || lower(queue_name));
  delete from pgmq.meta m where m.queue_name = drop_queue.queue_name;
  return found;
end
$$;
create function pgmq.send(queue_name text, msg jsonb, delay integer default 0) returns setof bigint language plpgsql as $$
begin
  return query execute format('insert into pgmq.%I (vt, message) values (now() + make_interval(secs => $1), $2) returning msg_id', 'q_' || lower(queue_name)) using delay, msg;
end
$$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer default 0) returns setof bigint language plpgsql as $$
begin
  return query execute format('insert into pgmq.%I (vt, message, headers) values (now() + make_interval(secs => $1), $2, $3) returning msg_id', 'q_' || lower(queue_name)) using delay, msg, headers;
end
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer default 0) returns setof bigint language sql as $$
  select pgmq.send(queue_name, msg, delay) from unnest(msgs) as msg
$$;
create function pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb default '{}') returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'with due as (select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit $1 for update skip locked)
     update pgmq.%1$I q set vt = clock_timestamp() + make_interval(secs => $2), read_ct = read_ct + 1 from due where q.msg_id = due.msg_id
     returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message, q.headers', 'q_' || lower(queue_name)) using qty, read.vt;
end
$$;
create function pgmq.read_with_poll(
  queue_name text, vt integer, qty integer, max_poll_seconds integer default 5, poll_interval_ms integer default 100, conditional jsonb default '{}'
) returns setof pgmq.message_record language sql as 'select pgmq.read(queue_name, vt, qty)';
create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
declare
  gone bigint;
begin
  execute format('delete from pgmq.%I where msg_id = $1 returning msg_id', 'q_' || lower(queue_name)) using msg_id into gone;
  return gone is not null;
end
$$;
create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language sql as $$
  select id from unnest(msg_ids) as id where pgmq.delete(queue_name, id)
$$;
create function pgmq.pop(queue_name text) returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%1$I where msg_id = (select msg_id from pgmq.%1$I where vt <= now() order by msg_id limit 1)
     returning msg_id, read_ct, enqueued_at, vt, message, headers', 'q_' || lower(queue_name));
end
$$;
create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
declare
  gone bigint;
begin
  execute format(
    'with gone as (delete from pgmq.%I where msg_id = $1 returning msg_id, vt, read_ct, enqueued_at, message, headers)
     insert into pgmq.%I (msg_id, vt, read_ct, enqueued_at, message, headers) select * from gone returning msg_id',
    'q_' || lower(queue_name), 'a_' || lower(queue_name)) using msg_id into gone;
  return gone is not null;
end
$$;
create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint language sql as $$
  select id from unnest(msg_ids) as id where pgmq.archive(queue_name, id)
$$;
create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%I set vt = clock_timestamp() + make_interval(secs => $2) where msg_id = $1
     returning msg_id, read_ct, enqueued_at, vt, message, headers', 'q_' || lower(queue_name)) using msg_id, set_vt.vt;
end
$$;
create function pgmq.purge_queue(queue_name text) returns bigint language plpgsql as $$
declare
  gone bigint;
begin
  execute format('delete from pgmq.%I', 'q_' || lower(queue_name));
  get diagnostics gone = row_count;
  return gone;
end
$$;
create function pgmq.list_queues() returns setof pgmq.queue_record language sql as 'select * from pgmq.meta';
create function pgmq.metrics(queue_name text) returns pgmq.metrics_result language plpgsql as $$
declare
  result pgmq.metrics_result;
begin
  execute format('select $1, count(*), null::int, null::int, coalesce(max(msg_id), 0), now() from pgmq.%I', 'q_' || lower(queue_name)) using queue_name into result;
  return result;
end
$$;
create function pgmq.metrics_all() returns setof pgmq.metrics_result language sql as 'select pgmq.metrics(queue_name::text) from pgmq.meta';
grant usage, create on schema pgmq to postgres with grant option;
grant all on all tables in schema pgmq to postgres with grant option;
grant all on all functions in schema pgmq to postgres with grant option;
-- A definer's rights are not a superuser's, whose event triggers and tables a project could have it act on.
alter function pgmq.create_non_partitioned(text) owner to postgres;
alter function pgmq.drop_queue(text) owner to postgres;
