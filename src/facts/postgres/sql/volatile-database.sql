select
  pg_catalog.pg_database_size(d.oid) as "sizeBytes",
  pg_catalog.age(d.datfrozenxid) as "xidAge",
  pg_catalog.to_char(
    pg_catalog.pg_stat_get_db_stat_reset_time(d.oid) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
  ) as "statsReset",
  pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp()
    - greatest(pg_catalog.pg_stat_get_db_stat_reset_time(d.oid), pg_catalog.pg_postmaster_start_time())))::bigint as "statsAgeSeconds",
  pg_catalog.pg_stat_get_db_blocks_hit(d.oid) as "blocksHit",
  pg_catalog.pg_stat_get_db_blocks_fetched(d.oid) - pg_catalog.pg_stat_get_db_blocks_hit(d.oid) as "blocksRead",
  pg_catalog.current_setting('max_connections')::int as "maxConnections"
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()
