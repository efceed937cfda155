-- Everything remembered that is still there, with today's names.
with l as materialized (select distinct classid, objid, objsubid from pg_supaready.log)
select l.classid::regclass::text as class, l.objid::text as object, l.objsubid as part,
  case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence' when 'c' then 'type'
    when 'i' then 'index' when 'I' then 'index' else 'table' end as kind,
  n.nspname as schema, c.relname as name, t.relname as table, null::name as column, null::text as signature,
  case when x.indexrelid is not null then (select k.oid::text from pg_catalog.pg_constraint k where k.conrelid = x.indrelid and k.conindid = c.oid and k.contype in ('p', 'u', 'x') limit 1) end as constraint_object
from l join pg_catalog.pg_class c on c.oid = l.objid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_index x on x.indexrelid = c.oid left join pg_catalog.pg_class t on t.oid = x.indrelid
where l.classid = 'pg_catalog.pg_class'::regclass and l.objsubid = 0
union all
select l.classid::regclass::text, l.objid::text, l.objsubid, 'column', n.nspname, c.relname, null, a.attname, null, null
from l join pg_catalog.pg_attribute a on a.attrelid = l.objid and a.attnum = l.objsubid
  join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.classid = 'pg_catalog.pg_class'::regclass and l.objsubid > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f', 'v', 'm', 'c')
union all
select l.classid::regclass::text, l.objid::text, 0, 'constraint', n.nspname, k.conname, c.relname, null, null, null
from l join pg_catalog.pg_constraint k on k.oid = l.objid join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.classid = 'pg_catalog.pg_constraint'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'trigger', n.nspname, t.tgname, c.relname, null, null, null
from l join pg_catalog.pg_trigger t on t.oid = l.objid join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.classid = 'pg_catalog.pg_trigger'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'policy', n.nspname, p.polname, c.relname, null, null, null
from l join pg_catalog.pg_policy p on p.oid = l.objid join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.classid = 'pg_catalog.pg_policy'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'function', n.nspname, p.proname, null, null, pg_catalog.pg_get_function_identity_arguments(p.oid), null
from l join pg_catalog.pg_proc p on p.oid = l.objid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where l.classid = 'pg_catalog.pg_proc'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'type', n.nspname, t.typname, null, null, null, null
from l join pg_catalog.pg_type t on t.oid = l.objid join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where l.classid = 'pg_catalog.pg_type'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'schema', '', n.nspname, null, null, null, null
from l join pg_catalog.pg_namespace n on n.oid = l.objid where l.classid = 'pg_catalog.pg_namespace'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'extension', '', e.extname, null, null, null, null
from l join pg_catalog.pg_extension e on e.oid = l.objid where l.classid = 'pg_catalog.pg_extension'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'publication', '', p.pubname, null, null, null, null
from l join pg_catalog.pg_publication p on p.oid = l.objid where l.classid = 'pg_catalog.pg_publication'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'published table', n.nspname, c.relname, null, null, null, null
from l join pg_catalog.pg_publication_rel r on r.oid = l.objid join pg_catalog.pg_class c on c.oid = r.prrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.classid = 'pg_catalog.pg_publication_rel'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'rule', n.nspname, r.rulename, c.relname, null, null, null
from l join pg_catalog.pg_rewrite r on r.oid = l.objid join pg_catalog.pg_class c on c.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where l.classid = 'pg_catalog.pg_rewrite'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'statistics', n.nspname, s.stxname, null, null, null, null
from l join pg_catalog.pg_statistic_ext s on s.oid = l.objid join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
where l.classid = 'pg_catalog.pg_statistic_ext'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'foreign server', '', s.srvname, null, null, null, null
from l join pg_catalog.pg_foreign_server s on s.oid = l.objid where l.classid = 'pg_catalog.pg_foreign_server'::regclass
union all
select l.classid::regclass::text, l.objid::text, 0, 'default privileges', coalesce(n.nspname, ''), pg_catalog.pg_get_userbyid(d.defaclrole), null, null, d.defaclobjtype::text, null
from l join pg_catalog.pg_default_acl d on d.oid = l.objid left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
where l.classid = 'pg_catalog.pg_default_acl'::regclass
