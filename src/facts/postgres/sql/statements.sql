-- The dearest by total time and, among those called often, by mean time: a slow statement need not be among the former.
with calls as materialized (
  select
    s.queryid, s.query, s.calls, s.rows, r.rolname,
    s.total_exec_time as total, s.mean_exec_time as mean,
    pg_catalog.row_number() over (order by s.total_exec_time desc, s.queryid) as by_total,
    pg_catalog.row_number() over (order by s.calls >= 100 desc, s.mean_exec_time desc, s.queryid) as by_mean
  from :pg_stat_statements s
  join pg_catalog.pg_database d on d.oid = s.dbid and d.datname = pg_catalog.current_database()
  left join pg_catalog.pg_roles r on r.oid = s.userid
  -- Our own queries carry this mark.
  where s.query not like '%/* supaready */%'
)
select
  coalesce((select pg_catalog.sum(c.total) from calls c), 0) as "totalMs",
  coalesce((
    select pg_catalog.json_agg(pg_catalog.json_build_object(
      'queryId', coalesce(c.queryid::text, ''), 'role', c.rolname, 'query', pg_catalog.left(c.query, 2000), 'calls', c.calls,
      'meanMs', c.mean, 'totalMs', c.total, 'rows', c.rows
    ) order by c.by_total)
    from calls c
    where c.by_total <= 100 or c.by_mean <= 100
  ), '[]') as top
