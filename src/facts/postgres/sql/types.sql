with ns as materialized (:namespaces),
owned as materialized (
  select d.objid, e.extname
  from pg_catalog.pg_extension e
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
  where d.classid = 'pg_catalog.pg_type'::regclass and d.deptype = 'e'
),
labels as materialized (
  select e.enumtypid, pg_catalog.array_agg(e.enumlabel::text order by e.enumsortorder) as labels
  from pg_catalog.pg_enum e
  group by e.enumtypid
),
domain_checks as materialized (
  select k.contypid, pg_catalog.string_agg(' ' || pg_catalog.pg_get_constraintdef(k.oid), '' order by k.conname) as checks,
    pg_catalog.json_agg(pg_catalog.json_build_array(k.conname, pg_catalog.pg_get_constraintdef(k.oid)) order by k.conname) as list
  from pg_catalog.pg_constraint k
  where k.contypid <> 0 and k.contype = 'c'
  group by k.contypid
),
fields as materialized (
  select a.attrelid, pg_catalog.string_agg(
    pg_catalog.format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum
  ) as fields
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind = 'c'
  where a.attnum > 0 and not a.attisdropped
  group by a.attrelid
)
select
  ns.nspname as schema,
  t.typname as name,
  pg_catalog.pg_get_userbyid(t.typowner) as owner,
  coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))::text[] as acl,
  ds.description as comment,
  case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'r' then 'range' else 'composite' end as kind,
  coalesce(labels.labels, '{}') as labels,
  case t.typtype
    when 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod)
      || case when t.typdefault is not null then ' DEFAULT ' || t.typdefault else '' end
      || case when t.typnotnull then ' NOT NULL' else '' end
      || coalesce(domain_checks.checks, '')
    when 'c' then '(' || coalesce(fields.fields, '') || ')'
    when 'r' then pg_catalog.format_type(r.rngsubtype, null)
  end as definition,
  case when t.typtype = 'd' then pg_catalog.json_build_object(
    'base', pg_catalog.format_type(t.typbasetype, t.typtypmod)
      || case when t.typcollation <> b.typcollation then pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname) else '' end,
    'default', t.typdefault, 'notNull', t.typnotnull, 'checks', coalesce(domain_checks.list, '[]')
  ) end as domain,
  case when t.typtype = 'r' then pg_catalog.concat_ws(', ',
    pg_catalog.format('subtype = %s', pg_catalog.format_type(r.rngsubtype, null)),
    case when not oc.opcdefault then pg_catalog.format('subtype_opclass = %I.%I', ocn.nspname, oc.opcname) end,
    case when r.rngcollation not in (0, rb.typcollation) then pg_catalog.format('collation = %I.%I', cn.nspname, co.collname) end,
    case when r.rngcanonical <> 0 then pg_catalog.format('canonical = %s', r.rngcanonical::regproc) end,
    case when r.rngsubdiff <> 0 then pg_catalog.format('subtype_diff = %s', r.rngsubdiff::regproc) end
  ) end as range,
  owned.extname as extension,
  ns.platform
from pg_catalog.pg_type t
join ns on ns.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid
left join labels on labels.enumtypid = t.oid
left join domain_checks on domain_checks.contypid = t.oid
left join fields on fields.attrelid = t.typrelid
left join pg_catalog.pg_range r on r.rngtypid = t.oid
left join owned on owned.objid = t.oid
left join pg_catalog.pg_type b on b.oid = t.typbasetype
left join pg_catalog.pg_type rb on rb.oid = r.rngsubtype
left join pg_catalog.pg_opclass oc on oc.oid = r.rngsubopc
left join pg_catalog.pg_namespace ocn on ocn.oid = oc.opcnamespace
left join pg_catalog.pg_collation co on co.oid = coalesce(nullif(t.typcollation, 0), r.rngcollation)
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
left join pg_catalog.pg_description ds on ds.classoid = 'pg_catalog.pg_type'::regclass and ds.objoid = t.oid and ds.objsubid = 0
where t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c')
order by ns.nspname, t.typname
