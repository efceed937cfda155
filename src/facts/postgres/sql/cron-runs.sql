-- Fragment: how the jobs of pg_cron ended in the last seven days.
select
  r.jobid,
  pg_catalog.count(*) filter (where r.start_time > pg_catalog.now() - interval '7 days') as runs,
  pg_catalog.count(*) filter (where r.start_time > pg_catalog.now() - interval '7 days' and r.status = 'failed') as failed,
  (pg_catalog.array_agg(r.status order by r.runid desc))[1] as last_status
from cron.job_run_details r
group by r.jobid
