select
  pg_catalog.count(*) as total,
  pg_catalog.count(*) filter (where r.status_code >= 400 or r.timed_out or r.error_msg is not null) as failed
from net._http_response r
