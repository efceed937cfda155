-- Everything remembered that is still there, in the order it came about, with today's names.
select l.classid::regclass::text as class, l.objid::text as object, l.objsubid as part, l.made, l.parent::text as parent, l.name as named, l.facets, l.at,
  coalesce(o.kind, '') as kind, coalesce(o.schema, '') as schema, coalesce(o.name, '') as name, o.tbl as table, o.col as column, o.signature, o.constraint_object
from pg_supaready.log l
left join lateral (
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence' when 'c' then 'type'
      when 'i' then 'index' when 'I' then 'index' else 'table' end as kind,
    n.nspname as schema, c.relname as name, i.table_name as tbl, null::name as col, null::text as signature, i.constraint_object
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join lateral (
    select t.relname as table_name, (select k.oid::text from pg_catalog.pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u', 'x') limit 1) as constraint_object
    from pg_catalog.pg_index x join pg_catalog.pg_class t on t.oid = x.indrelid where x.indexrelid = c.oid
  ) i on true
  where l.classid = 'pg_catalog.pg_class'::regclass and c.oid = l.objid and l.objsubid = 0
  union all
  select 'column', n.nspname, c.relname, null, a.attname, null, null
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.classid = 'pg_catalog.pg_class'::regclass and a.attrelid = l.objid and a.attnum = l.objsubid and l.objsubid > 0 and not a.attisdropped
  union all
  select 'constraint', n.nspname, k.conname, c.relname, null, null, null
  from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = l.objid
  union all
  select 'trigger', n.nspname, t.tgname, c.relname, null, null, null
  from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = l.objid
  union all
  select 'policy', n.nspname, p.polname, c.relname, null, null, null
  from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.classid = 'pg_catalog.pg_policy'::regclass and p.oid = l.objid
  union all
  select 'function', n.nspname, p.proname, null, null, pg_catalog.pg_get_function_identity_arguments(p.oid), null
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where l.classid = 'pg_catalog.pg_proc'::regclass and p.oid = l.objid
  union all
  select 'type', n.nspname, t.typname, null, null, null, null
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where l.classid = 'pg_catalog.pg_type'::regclass and t.oid = l.objid
  union all
  select 'schema', null, n.nspname, null, null, null, null from pg_catalog.pg_namespace n where l.classid = 'pg_catalog.pg_namespace'::regclass and n.oid = l.objid
  union all
  select 'extension', null, e.extname, null, null, null, null from pg_catalog.pg_extension e where l.classid = 'pg_catalog.pg_extension'::regclass and e.oid = l.objid
  union all
  select 'publication', null, p.pubname, null, null, null, null from pg_catalog.pg_publication p where l.classid = 'pg_catalog.pg_publication'::regclass and p.oid = l.objid
  union all
  select 'published table', n.nspname, c.relname, null, null, null, null
  from pg_catalog.pg_publication_rel r join pg_catalog.pg_class c on c.oid = r.prrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.classid = 'pg_catalog.pg_publication_rel'::regclass and r.oid = l.objid
  union all
  select 'rule', n.nspname, r.rulename, c.relname, null, null, null
  from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = l.objid
  union all
  select 'statistics', n.nspname, s.stxname, null, null, null, null
  from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
  where l.classid = 'pg_catalog.pg_statistic_ext'::regclass and s.oid = l.objid
  union all
  select 'foreign server', null, s.srvname, null, null, null, null
  from pg_catalog.pg_foreign_server s where l.classid = 'pg_catalog.pg_foreign_server'::regclass and s.oid = l.objid
  union all
  select 'default privileges', n.nspname, pg_catalog.pg_get_userbyid(d.defaclrole), null, null, d.defaclobjtype::text, null
  from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
  where l.classid = 'pg_catalog.pg_default_acl'::regclass and d.oid = l.objid
) o on true
-- What is gone may be where something came from: default privileges, a constraint made anew for a column's new type.
where o.kind is not null or l.parent is not null or l.classid = 'pg_catalog.pg_default_acl'::regclass
order by l.seq
