-- Names of relations and roles are put for their numbers by the caller.
select
  p.polrelid,
  p.polname,
  p.polpermissive,
  p.polroles::text,
  case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid),
  pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
from pg_catalog.pg_policy p
order by p.polrelid, p.polname
