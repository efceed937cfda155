with ns as materialized (:namespaces),
owned as materialized (
  select d.objid, e.extname
  from pg_catalog.pg_extension e
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
  where d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e'
),
owning as materialized (
  select d.objid as seqid, d.refobjid as attrelid, d.refobjsubid as attnum, d.deptype
  from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
    and d.deptype in ('a', 'i') and d.refobjsubid > 0
),
called as materialized (
  select distinct on (d.refobjid) d.refobjid as seqid, ad.adrelid as attrelid, ad.adnum as attnum
  from pg_catalog.pg_depend d
  join pg_catalog.pg_attrdef ad on ad.oid = d.objid
  where d.classid = 'pg_catalog.pg_attrdef'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype = 'n'
  order by d.refobjid, ad.adrelid, ad.adnum
)
select
  ns.nspname as schema,
  c.relname as name,
  pg_catalog.format_type(s.seqtypid, null) as type,
  s.seqstart::text as start,
  s.seqincrement::text as increment,
  s.seqmin::text as "minValue",
  s.seqmax::text as "maxValue",
  s.seqcache::text as cache,
  s.seqcycle as cycle,
  pg_catalog.pg_get_userbyid(c.relowner) as owner,
  c.relpersistence as persistence,
  case owning.deptype when 'i' then 'identity' when 'a' then 'owned' else 'free' end as tie,
  coalesce(c.relacl, pg_catalog.acldefault('s', c.relowner))::text[] as acl,
  case when a.attname is not null then pg_catalog.json_build_object(
    'schema', tn.nspname, 'table', t.relname, 'column', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)
  ) end as "column",
  owned.extname as extension,
  ns.platform
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join ns on ns.oid = c.relnamespace
left join owned on owned.objid = c.oid
left join owning on owning.seqid = c.oid
left join called on called.seqid = c.oid
-- Looked up one by one (offset 0): a hash of every column of the database is what the planner would make of a join.
left join lateral (
  select a.attrelid, a.attname, a.atttypid, a.atttypmod
  from pg_catalog.pg_attribute a
  where a.attrelid = coalesce(owning.attrelid, called.attrelid) and a.attnum = coalesce(owning.attnum, called.attnum)
  offset 0
) a on true
left join pg_catalog.pg_class t on t.oid = a.attrelid
left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
order by ns.nspname, c.relname
