select
  s.slot_name as name,
  s.slot_type as type,
  s.active,
  pg_catalog.pg_wal_lsn_diff(
    case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_receive_lsn() else pg_catalog.pg_current_wal_lsn() end,
    s.restart_lsn
  ) as "lagBytes",
  s.wal_status as "walStatus"
from pg_catalog.pg_replication_slots s
order by s.slot_name
