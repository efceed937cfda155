select
  pg_catalog.pg_get_userbyid(d.defaclrole) as owner,
  n.nspname as schema,
  case d.defaclobjtype
    when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas'
    else 'large objects'
  end as objects,
  d.defaclacl::text[] as acl
from pg_catalog.pg_default_acl d
left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
order by pg_catalog.pg_get_userbyid(d.defaclrole), n.nspname nulls first, d.defaclobjtype
