-- Kinds that few projects make, each with the statement that makes it. What an extension brought is left out.
with ns as materialized (:namespaces),
members as materialized (
  select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e'
)
select 'collation' as kind, ns.nspname as schema, c.collname as name, null as signature,
  pg_catalog.pg_get_userbyid(c.collowner) as owner, ns.platform,
  pg_catalog.format('create collation %I.%I (provider = %s, %s, deterministic = %s)', ns.nspname, c.collname,
    case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
    case when c.collprovider = 'c' then pg_catalog.format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
      else pg_catalog.format('locale = %L', coalesce(pg_catalog.to_jsonb(c) ->> 'colllocale', pg_catalog.to_jsonb(c) ->> 'colliculocale', c.collcollate)) end,
    case when c.collisdeterministic then 'true' else 'false' end) as definition
from pg_catalog.pg_collation c
join ns on ns.oid = c.collnamespace
where c.oid >= 16384
  and not exists (select from members m where m.classid = 'pg_catalog.pg_collation'::regclass and m.objid = c.oid)
union all
select 'operator', ns.nspname, o.oprname,
  pg_catalog.concat_ws(', ', pg_catalog.format_type(nullif(o.oprleft, 0), null), pg_catalog.format_type(nullif(o.oprright, 0), null)),
  pg_catalog.pg_get_userbyid(o.oprowner), ns.platform,
  pg_catalog.format('create operator %I.%s (%s)', ns.nspname, o.oprname, pg_catalog.concat_ws(', ',
    pg_catalog.format('function = %s', o.oprcode::regproc),
    case when o.oprleft <> 0 then pg_catalog.format('leftarg = %s', pg_catalog.format_type(o.oprleft, null)) end,
    case when o.oprright <> 0 then pg_catalog.format('rightarg = %s', pg_catalog.format_type(o.oprright, null)) end,
    case when o.oprcanmerge then 'merges' end,
    case when o.oprcanhash then 'hashes' end))
from pg_catalog.pg_operator o
join ns on ns.oid = o.oprnamespace
where o.oid >= 16384 and o.oprcode <> 0
  and not exists (select from members m where m.classid = 'pg_catalog.pg_operator'::regclass and m.objid = o.oid)
union all
select 'cast', null, pg_catalog.format('(%s as %s)', pg_catalog.format_type(k.castsource, null), pg_catalog.format_type(k.casttarget, null)), null,
  null, false,
  pg_catalog.format('create cast (%s as %s) %s%s', pg_catalog.format_type(k.castsource, null), pg_catalog.format_type(k.casttarget, null),
    case k.castmethod when 'b' then 'without function' when 'i' then 'with inout'
      else pg_catalog.format('with function %s', k.castfunc::regprocedure) end,
    case k.castcontext when 'a' then ' as assignment' when 'i' then ' as implicit' else '' end)
from pg_catalog.pg_cast k
where k.oid >= 16384
  and not exists (select from members m where m.classid = 'pg_catalog.pg_cast'::regclass and m.objid = k.oid)
union all
select 'text search configuration', ns.nspname, f.cfgname, null, pg_catalog.pg_get_userbyid(f.cfgowner), ns.platform,
  pg_catalog.format('create text search configuration %I.%I (parser = %I.%I)', ns.nspname, f.cfgname, pn.nspname, r.prsname)
    || coalesce((
      select pg_catalog.string_agg(pg_catalog.format(E';\nalter text search configuration %I.%I add mapping for %s with %s',
        ns.nspname, f.cfgname, m.token, m.dictionaries), '' order by m.token)
      from (
        select tt.alias as token,
          pg_catalog.string_agg(pg_catalog.format('%I.%I', dn.nspname, d.dictname), ', ' order by p.mapseqno) as dictionaries
        from pg_catalog.pg_ts_config_map p
        join pg_catalog.pg_ts_dict d on d.oid = p.mapdict
        join pg_catalog.pg_namespace dn on dn.oid = d.dictnamespace
        join pg_catalog.ts_token_type(f.cfgparser) tt on tt.tokid = p.maptokentype
        where p.mapcfg = f.oid
        group by tt.alias
      ) m
    ), '')
from pg_catalog.pg_ts_config f
join ns on ns.oid = f.cfgnamespace
join pg_catalog.pg_ts_parser r on r.oid = f.cfgparser
join pg_catalog.pg_namespace pn on pn.oid = r.prsnamespace
where f.oid >= 16384
  and not exists (select from members m where m.classid = 'pg_catalog.pg_ts_config'::regclass and m.objid = f.oid)
union all
select 'text search dictionary', ns.nspname, d.dictname, null, pg_catalog.pg_get_userbyid(d.dictowner), ns.platform,
  pg_catalog.format('create text search dictionary %I.%I (template = %I.%I%s)', ns.nspname, d.dictname, tn.nspname, t.tmplname,
    coalesce(', ' || d.dictinitoption, ''))
from pg_catalog.pg_ts_dict d
join ns on ns.oid = d.dictnamespace
join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
join pg_catalog.pg_namespace tn on tn.oid = t.tmplnamespace
where d.oid >= 16384
  and not exists (select from members m where m.classid = 'pg_catalog.pg_ts_dict'::regclass and m.objid = d.oid)
union all
select 'foreign-data wrapper', null, w.fdwname, null, pg_catalog.pg_get_userbyid(w.fdwowner), false,
  pg_catalog.format('create foreign data wrapper %I%s%s', w.fdwname,
    case when w.fdwhandler <> 0 then pg_catalog.format(' handler %s', w.fdwhandler::regproc) end,
    case when w.fdwvalidator <> 0 then pg_catalog.format(' validator %s', w.fdwvalidator::regproc) end)
from pg_catalog.pg_foreign_data_wrapper w
where w.oid >= 16384
  and not exists (select from members m where m.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass and m.objid = w.oid)
order by 1, 2, 3, 4
