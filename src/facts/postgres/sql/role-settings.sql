select
  d.datname as database,
  r.rolname as role,
  pg_catalog.split_part(c.setting, '=', 1) as name,
  pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1) as setting
from pg_catalog.pg_db_role_setting s
left join pg_catalog.pg_database d on d.oid = s.setdatabase
left join pg_catalog.pg_roles r on r.oid = s.setrole
cross join lateral unnest(s.setconfig) as c (setting)
where s.setdatabase = 0 or d.datname = pg_catalog.current_database()
order by d.datname nulls first, r.rolname nulls first, pg_catalog.split_part(c.setting, '=', 1) collate "C"
