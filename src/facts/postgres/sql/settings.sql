-- reset_val, not setting: our own session's limits must not be taken for the server's.
select
  s.name,
  coalesce(s.reset_val, s.setting) as setting,
  s.unit,
  case when s.source in ('session', 'client') or (s.source = 'override' and s.setting is distinct from s.reset_val)
    then case when s.reset_val is not distinct from s.boot_val then 'default' else 'before this session' end
    else s.source end as source
from pg_catalog.pg_settings s
where s.name <> all (array['application_name', 'client_encoding', 'transaction_isolation', 'transaction_read_only', 'transaction_deferrable'])
order by s.name collate "C"
