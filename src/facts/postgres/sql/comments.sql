-- Comments on what has no comment of its own in another facet. What an extension brought is left out.
with ns as materialized (:namespaces),
members as materialized (
  select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e'
),
described as materialized (
  select ds.classoid, ds.objoid, ds.description
  from pg_catalog.pg_description ds
  where ds.objsubid = 0 and ds.objoid >= 16384
    and not exists (select from members m where m.classid = ds.classoid and m.objid = ds.objoid)
),
named as (
  select 'index' as kind, ns.nspname as schema, t.relname as "table", c.relname as name, ds.description
  from described ds
  join pg_catalog.pg_class c on c.oid = ds.objoid and c.relkind in ('i', 'I')
  join pg_catalog.pg_index i on i.indexrelid = c.oid
  join pg_catalog.pg_class t on t.oid = i.indrelid
  join ns on ns.oid = c.relnamespace
  where ds.classoid = 'pg_catalog.pg_class'::regclass
  union all
  select 'sequence', ns.nspname, null, c.relname, ds.description
  from described ds
  join pg_catalog.pg_class c on c.oid = ds.objoid and c.relkind = 'S'
  join ns on ns.oid = c.relnamespace
  where ds.classoid = 'pg_catalog.pg_class'::regclass
  union all
  select 'constraint', ns.nspname, t.relname, k.conname, ds.description
  from described ds
  join pg_catalog.pg_constraint k on k.oid = ds.objoid
  join pg_catalog.pg_class t on t.oid = k.conrelid
  join ns on ns.oid = t.relnamespace
  where ds.classoid = 'pg_catalog.pg_constraint'::regclass
  union all
  select 'trigger', ns.nspname, t.relname, g.tgname, ds.description
  from described ds
  join pg_catalog.pg_trigger g on g.oid = ds.objoid
  join pg_catalog.pg_class t on t.oid = g.tgrelid
  join ns on ns.oid = t.relnamespace
  where ds.classoid = 'pg_catalog.pg_trigger'::regclass
  union all
  select 'policy', ns.nspname, t.relname, p.polname, ds.description
  from described ds
  join pg_catalog.pg_policy p on p.oid = ds.objoid
  join pg_catalog.pg_class t on t.oid = p.polrelid
  join ns on ns.oid = t.relnamespace
  where ds.classoid = 'pg_catalog.pg_policy'::regclass
  union all
  select 'rule', ns.nspname, t.relname, w.rulename, ds.description
  from described ds
  join pg_catalog.pg_rewrite w on w.oid = ds.objoid
  join pg_catalog.pg_class t on t.oid = w.ev_class
  join ns on ns.oid = t.relnamespace
  where ds.classoid = 'pg_catalog.pg_rewrite'::regclass
  union all
  select 'statistics', ns.nspname, null, s.stxname, ds.description
  from described ds
  join pg_catalog.pg_statistic_ext s on s.oid = ds.objoid
  join ns on ns.oid = s.stxnamespace
  where ds.classoid = 'pg_catalog.pg_statistic_ext'::regclass
  union all
  select 'event trigger', null, null, v.evtname, ds.description
  from described ds
  join pg_catalog.pg_event_trigger v on v.oid = ds.objoid
  where ds.classoid = 'pg_catalog.pg_event_trigger'::regclass
  union all
  select 'publication', null, null, b.pubname, ds.description
  from described ds
  join pg_catalog.pg_publication b on b.oid = ds.objoid
  where ds.classoid = 'pg_catalog.pg_publication'::regclass
  union all
  select 'role', null, null, r.rolname, ds.description
  from pg_catalog.pg_shdescription ds
  join pg_catalog.pg_roles r on r.oid = ds.objoid
  where ds.classoid = 'pg_catalog.pg_authid'::regclass and r.rolname !~ '^pg_'
)
select n.kind, n.schema, n."table", n.name, n.description as comment
from named n
order by n.kind collate "C", n.schema, n."table", n.name
