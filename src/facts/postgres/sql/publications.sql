with members as materialized (
  select t.pubname, pg_catalog.json_agg(pg_catalog.json_build_array(t.schemaname, t.tablename) order by t.schemaname, t.tablename) as tables
  from pg_catalog.pg_publication_tables t
  group by t.pubname
)
select
  p.pubname as name,
  p.puballtables as "allTables",
  p.pubinsert as insert,
  p.pubupdate as update,
  p.pubdelete as delete,
  coalesce(members.tables, '[]') as tables
from pg_catalog.pg_publication p
left join members on members.pubname = p.pubname
order by p.pubname
