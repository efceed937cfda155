with ns as materialized (:namespaces),
owned as materialized (
  select d.objid, e.extname
  from pg_catalog.pg_extension e
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
  where d.classid = 'pg_catalog.pg_proc'::regclass and d.deptype = 'e'
)
select
  ns.nspname as schema,
  p.proname as name,
  pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments,
  case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window' else 'function' end as kind,
  pg_catalog.pg_get_function_result(p.oid) as returns,
  case p.prorettype
    when 'pg_catalog.trigger'::regtype then 'trigger' when 'pg_catalog.event_trigger'::regtype then 'event_trigger'
  end as trigger,
  l.lanname as language,
  case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
  p.prosecdef as "securityDefiner",
  p.proisstrict as strict,
  p.proleakproof as leakproof,
  case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end as parallel,
  p.procost as cost,
  p.prorows as rows,
  case when p.pronargdefaults > 0 then pg_catalog.pg_get_function_arguments(p.oid) end as parameters,
  p.prosqlbody is not null as "sqlBody",
  case when g.aggfnoid is not null then pg_catalog.format(
    'sfunc = %s, stype = %s%s%s%s%s', g.aggtransfn::regproc, pg_catalog.format_type(g.aggtranstype, null),
    case when g.aggfinalfn <> 0 then pg_catalog.format(', finalfunc = %s', g.aggfinalfn::regproc) end,
    case when g.aggcombinefn <> 0 then pg_catalog.format(', combinefunc = %s', g.aggcombinefn::regproc) end,
    case when g.agginitval is not null then pg_catalog.format(', initcond = %L', g.agginitval) end,
    case when g.aggkind = 'h' then ', hypothetical' end
  ) end as aggregate,
  pg_catalog.pg_get_userbyid(p.proowner) as owner,
  coalesce(p.proconfig, '{}') as config,
  coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))::text[] as acl,
  case
    when l.lanname in ('c', 'internal') then ''
    when p.prosqlbody is not null then pg_catalog.pg_get_function_sqlbody(p.oid)
    else p.prosrc
  end as body,
  ds.description as comment,
  owned.extname as extension,
  ns.platform
from pg_catalog.pg_proc p
join ns on ns.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
left join owned on owned.objid = p.oid
left join pg_catalog.pg_aggregate g on g.aggfnoid = p.oid
left join pg_catalog.pg_description ds on ds.classoid = 'pg_catalog.pg_proc'::regclass and ds.objoid = p.oid and ds.objsubid = 0
order by ns.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid) collate "C"
