select
  coalesce(:job_name, pg_catalog.format('job %s', j.jobid)) as name,
  j.schedule,
  j.command,
  j.database,
  j.username,
  j.active,
  coalesce(d.runs, 0) as "runs7d",
  coalesce(d.failed, 0) as "failed7d",
  d.last_status as "lastStatus"
from cron.job j
left join (:cron_runs) d on d.jobid = j.jobid
order by coalesce(:job_name, pg_catalog.format('job %s', j.jobid)) collate "C", j.jobid
