with sessions as materialized (
  select a.*, coalesce(a.pid = pg_catalog.pg_backend_pid() or a.application_name = 'supaready', false) as ours
  from pg_catalog.pg_stat_activity a
  where a.backend_type = 'client backend' or (a.backend_type is null and a.usesysid is not null and a.datid is not null)
)
select
  pg_catalog.count(*) as connections,
  pg_catalog.count(*) filter (where s.ours) as own,
  pg_catalog.count(*) filter (
    where not s.ours and s.state like 'idle in transaction%'
      and s.state_change < pg_catalog.clock_timestamp() - interval '60 seconds'
  ) as "idleInTransactionOver60s",
  pg_catalog.count(*) filter (
    where not s.ours and s.state = 'active' and s.query_start < pg_catalog.clock_timestamp() - interval '5 minutes'
  ) as "queriesOver5min",
  pg_catalog.count(*) filter (where not s.ours and s.wait_event_type = 'Lock') as "waitingForLock",
  (
    select pg_catalog.count(*)
    from pg_catalog.pg_locks l
    join sessions o on o.pid = l.pid
    where l.granted and l.locktype = 'relation' and l.mode in ('ExclusiveLock', 'AccessExclusiveLock')
      and not o.ours and o.xact_start < pg_catalog.clock_timestamp() - interval '2 minutes'
  ) as "exclusiveLocksOver2min",
  case when :read_all_stats then (
    select pg_catalog.count(*)
    from pg_catalog.pg_stat_ssl t
    join sessions o on o.pid = t.pid
    where not t.ssl and o.client_addr is not null
      and not (o.client_addr <<= '127.0.0.0/8'::inet or o.client_addr = '::1'::inet)
  ) end as "remoteWithoutTls",
  coalesce((
    select pg_catalog.json_agg(pg_catalog.json_build_object('role', r.role, 'connections', r.connections) order by r.role)
    from (
      select coalesce(o.usename, '') as role, pg_catalog.count(*) as connections from sessions o group by 1
    ) r
  ), '[]') as "byRole"
from sessions s
