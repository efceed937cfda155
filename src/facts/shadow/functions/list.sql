select
  p.oid::text as oid,
  n.nspname as schema,
  p.proname as name,
  pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments,
  l.lanname as language,
  pg_catalog.pg_get_functiondef(p.oid) as definition,
  p.prosrc as source,
  p.prosqlbody is not null as standard,
  coalesce((select substr(c, 13) from unnest(p.proconfig) c where c like 'search_path=%'), null) as "searchPath",
  p.proretset as "returnsSet",
  pg_catalog.format_type(p.prorettype, null) as returns,
  coalesce((select json_agg(json_build_object(
      'name', coalesce(p.proargnames[x.place::int], ''),
      'type', pg_catalog.format_type(x.type, null),
      'oid', x.type::text,
      'mode', coalesce(p.proargmodes[x.place::int]::text, 'i'),
      'pseudo', t.typtype = 'p'
    ) order by x.place)
    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality x (type, place)
    join pg_catalog.pg_type t on t.oid = x.type), '[]') as parameters,
  case
    when r.typtype = 'c' then (select json_agg(json_build_object('oid', a.atttypid::text, 'typmod', a.atttypmod) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = r.typrelid and a.attnum > 0 and not a.attisdropped)
    when r.typtype in ('b', 'd', 'e', 'r', 'm') then json_build_array(json_build_object('oid', r.oid::text, 'typmod', -1))
  end as "resultColumns",
  coalesce((select json_agg(json_build_object(
      'schema', tn.nspname, 'table', tc.relname, 'oid', tc.oid::text, 'oldTable', tg.old, 'newTable', tg.new) order by tn.nspname, tc.relname)
    from (select t.tgrelid, max(t.tgoldtable) as old, max(t.tgnewtable) as new
      from pg_catalog.pg_trigger t where t.tgfoid = p.oid and not t.tgisinternal and t.tgparentid = 0 group by t.tgrelid) tg
    join pg_catalog.pg_class tc on tc.oid = tg.tgrelid
    join pg_catalog.pg_namespace tn on tn.oid = tc.relnamespace), '[]') as tables
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
join pg_catalog.pg_type r on r.oid = p.prorettype
where l.lanname in ('sql', 'plpgsql') and p.prokind in ('f', 'p')
  and n.nspname <> all ($1) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
order by 2, 3, 4
