-- A membership that gives neither inheritance nor SET ROLE (the admin option a creator keeps, PostgreSQL 16) is none.
select
  r.rolname as name,
  r.rolsuper as superuser,
  r.rolinherit as inherit,
  r.rolcreaterole as "createRole",
  r.rolcreatedb as "createDb",
  r.rolcanlogin as login,
  r.rolreplication as replication,
  r.rolbypassrls as "bypassRls",
  r.rolconnlimit as "connectionLimit",
  case when pg_catalog.isfinite(r.rolvaliduntil)
    then pg_catalog.to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  end as "validUntil",
  coalesce(m.member_of, '{}') as "memberOf"
from pg_catalog.pg_roles r
left join (
  select am.member, pg_catalog.array_agg(distinct g.rolname::text collate "C") as member_of
  from pg_catalog.pg_auth_members am
  join pg_catalog.pg_roles g on g.oid = am.roleid
  where coalesce((pg_catalog.to_jsonb(am) ->> 'inherit_option')::boolean, true)
    or coalesce((pg_catalog.to_jsonb(am) ->> 'set_option')::boolean, true)
  group by am.member
) m on m.member = r.oid
where r.rolname !~ '^pg_'
order by r.rolname
