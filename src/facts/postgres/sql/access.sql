select
  current_user as "currentUser",
  r.rolsuper as superuser,
  r.rolbypassrls as "bypassRls",
  r.rolcreaterole as "createRole",
  r.rolcreatedb as "createDb",
  (
    select pg_catalog.count(*)
    from pg_catalog.pg_class c
    join (:namespaces) ns on ns.oid = c.relnamespace and not ns.platform
    where c.relkind in ('r', 'p')
      and pg_catalog.has_table_privilege(c.oid, 'insert, update, delete, truncate')
  ) as "writableTables"
from pg_catalog.pg_roles r
where r.rolname = current_user
