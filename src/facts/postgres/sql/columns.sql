-- Sorted by numbers, which is what sorting tens of thousands of rows costs least by; names come from object-names.sql.
select
  a.attrelid,
  a.attnum,
  a.attname,
  pg_catalog.format_type(a.atttypid, a.atttypmod),
  a.attnotnull,
  -- With the relation named, every call reads all its columns: only a generated column's expression needs it.
  case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, 0) else pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
  a.attidentity,
  a.attgenerated,
  a.attacl::text[],
  ds.description,
  case when a.attoptions is not null or a.attfdwoptions is not null or a.attcompression <> '' or a.attstattarget >= 0
      or a.attcollation <> t.typcollation or a.attstorage <> t.typstorage
    then pg_catalog.json_build_object(
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
    )
  end
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
left join pg_catalog.pg_description ds
  on ds.classoid = 'pg_catalog.pg_class'::regclass and ds.objoid = c.oid and ds.objsubid = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace in (select ns.oid from (:namespaces) ns)
order by a.attrelid, a.attnum
