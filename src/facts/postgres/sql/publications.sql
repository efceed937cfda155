with members as materialized (
  select t.pubname, pg_catalog.json_agg(pg_catalog.json_build_array(t.schemaname, t.tablename) order by t.schemaname, t.tablename) as tables
  from pg_catalog.pg_publication_tables t
  group by t.pubname
),
rels as materialized (
  select r.prpubid, pg_catalog.json_agg(pg_catalog.json_build_object(
    'schema', n.nspname, 'table', c.relname, 'columns', :member_columns, 'where', :member_where
  ) order by n.nspname, c.relname) as list
  from pg_catalog.pg_publication_rel r
  join pg_catalog.pg_class c on c.oid = r.prrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  group by r.prpubid
)
select
  p.pubname as name,
  pg_catalog.pg_get_userbyid(p.pubowner) as owner,
  p.pubtruncate as truncate,
  p.pubviaroot as "viaRoot",
  :publication_schemas as schemas,
  coalesce(rels.list, '[]') as members,
  p.puballtables as "allTables",
  p.pubinsert as insert,
  p.pubupdate as update,
  p.pubdelete as delete,
  coalesce(members.tables, '[]') as tables
from pg_catalog.pg_publication p
left join members on members.pubname = p.pubname
left join rels on rels.prpubid = p.oid
order by p.pubname
