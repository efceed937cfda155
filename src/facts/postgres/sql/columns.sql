-- One row a relation, its columns as arrays, and beside it only what few columns have: sixty thousand rows cost more to
-- send and to read than to find. Kinds: 1 type names, 2 defaults, 3 comments, 4 privileges, 5 what departs from the
-- type's own storage and collation, 6 relations. A default that stands on many columns (`now()`) is written out and sent
-- once, with the columns' places: before PostgreSQL 17 its tree also holds where it stood in the statement.
with attributes as materialized (
  select
    a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated, a.attacl,
    a.attoptions, a.attfdwoptions, a.attcompression, a.attstattarget, a.attcollation, a.attstorage
  from pg_catalog.pg_class c
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace in (select ns.oid from (:namespaces) ns)
),
plain_defaults as materialized (
  select d.oid, d.adbin::text as tree, d.adrelid::text || ':' || d.adnum::text as place
  from pg_catalog.pg_attrdef d
  join attributes a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated = ''
),
shared_defaults as materialized (
  select pg_catalog.min(d.oid) as oid, pg_catalog.string_agg(d.place, ' ') as places
  from plain_defaults d
  group by d.tree
)
select 1 as kind, null::oid as relation, t.atttypid::text || ':' || t.atttypmod as a, pg_catalog.format_type(t.atttypid, t.atttypmod) as b, null as c, null as d
from (select distinct a.atttypid, a.atttypmod from attributes a) t
union all
select 2, null, shared.places, pg_catalog.pg_get_expr(d.adbin, 0), null, null
from shared_defaults shared
join pg_catalog.pg_attrdef d on d.oid = shared.oid
union all
-- With the relation named, every call reads all its columns: only a generated column's expression needs it.
select 2, null, d.adrelid::text || ':' || d.adnum::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid), null, null
from pg_catalog.pg_attrdef d
join attributes a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated <> ''
union all
select 3, ds.objoid, ds.objsubid::text, ds.description, null, null
from pg_catalog.pg_description ds
where ds.classoid = 'pg_catalog.pg_class'::regclass and ds.objsubid > 0
union all
select 4, a.attrelid, a.attnum::text, a.attacl::text[]::text, null, null
from attributes a
where a.attacl is not null
union all
select
  5, a.attrelid, a.attnum::text,
  pg_catalog.json_build_object(
    'collation', case when a.attcollation <> t.typcollation then (
      select pg_catalog.format('%I.%I', n.nspname, o.collname)
      from pg_catalog.pg_collation o
      join pg_catalog.pg_namespace n on n.oid = o.collnamespace
      where o.oid = a.attcollation
    ) end,
    'storage', case when a.attstorage <> t.typstorage then
      case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end,
    'compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end,
    'statistics', case when a.attstattarget >= 0 then a.attstattarget end,
    'options', coalesce(a.attoptions, '{}'),
    'foreignOptions', coalesce(a.attfdwoptions, '{}')
  )::text,
  null, null
from attributes a
join pg_catalog.pg_type t on t.oid = a.atttypid
where a.attoptions is not null or a.attfdwoptions is not null or a.attcompression <> '' or a.attstattarget >= 0
  or a.attcollation <> t.typcollation or a.attstorage <> t.typstorage
union all
select
  6, a.attrelid,
  pg_catalog.array_agg(a.attnum order by a.attnum)::text,
  pg_catalog.array_agg(a.attname order by a.attnum)::text,
  pg_catalog.array_agg(a.atttypid::text || ':' || a.atttypmod order by a.attnum)::text,
  pg_catalog.string_agg(
    case when a.attnotnull then 't' else 'f' end
      || case a.attidentity when '' then '-' else a.attidentity::text end
      || case a.attgenerated when '' then '-' else a.attgenerated::text end,
    '' order by a.attnum
  )
from attributes a
group by a.attrelid
order by kind, relation
