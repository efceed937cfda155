-- Remembers, while migrations are replayed, which statement gave every object, column and privilege its present state.
-- The name begins with pg_ so that migrations which loop over the schemas of the project pass it by.
set allow_system_table_mods = on;
create schema pg_supaready;
set allow_system_table_mods = off;

-- One row for each part of an object that a command made, named or changed: what it is like then, and the statement that runs.
create unlogged table pg_supaready.log (
  seq bigint generated always as identity,
  classid oid not null,
  objid oid not null,
  objsubid int not null,
  -- A CREATE has just made or replaced it.
  made boolean not null,
  -- The table of a constraint or index, which gets a new oid when a column's type changes.
  parent oid,
  -- Its name then, and the columns of a constraint: a statement of many lines is searched for them.
  name text,
  facets text[] not null,
  at text
);
create unlogged table pg_supaready.errors (message text, at text);
-- A row inserted here tells how far the transaction's commands have come.
create unlogged table pg_supaready.clock (ticks boolean);

-- What every object is like now, under the relation it hangs on. Order of the facets: see fold.ts. `version` and `command` are
-- those of the catalogue's row: what a statement has not changed is told by them alone. All columns have the same types in each
-- branch, so that the planner leaves out those that a query does not mean.
create view pg_supaready.state as
select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, c.oid as relation, c.relnamespace as namespace, i.indrelid as parent, c.relname::text as name,
  array[c.relnamespace::text, c.relowner::text, array_to_string(c.relacl, E'\x1f'), c.relrowsecurity::text, c.relforcerowsecurity::text, c.reloptions::text, c.relreplident::text, null] as facets,
  c.xmin as version, c.cmin::text::bigint as command
from pg_class c left join pg_index i on i.indexrelid = c.oid
union all
select 'pg_class'::regclass::oid, c.oid, 0, i.indrelid, c.relnamespace, i.indrelid, c.relname::text,
  array[c.relnamespace::text, c.relowner::text, array_to_string(c.relacl, E'\x1f'), c.relrowsecurity::text, c.relforcerowsecurity::text, c.reloptions::text, c.relreplident::text, null],
  c.xmin, c.cmin::text::bigint
from pg_index i join pg_class c on c.oid = i.indexrelid
union all
select 'pg_class'::regclass::oid, a.attrelid, a.attnum::int, a.attrelid, null::oid, null::oid, a.attname::text,
  array[concat_ws(' ', a.atttypid, a.atttypmod, nullif(a.attcollation, 0)), a.attnotnull::text, a.attidentity::text || a.attgenerated::text,
    array_to_string(a.attacl, E'\x1f'), (select md5(d.adbin::text) from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum and a.atthasdef)],
  a.xmin, a.cmin::text::bigint
from pg_attribute a where a.attnum > 0 and not a.attisdropped
union all
-- Another default is another row of pg_attrdef, with which the column's own stays as it is.
select 'pg_class'::regclass::oid, a.attrelid, a.attnum::int, a.attrelid, null::oid, null::oid, a.attname::text,
  array[concat_ws(' ', a.atttypid, a.atttypmod, nullif(a.attcollation, 0)), a.attnotnull::text, a.attidentity::text || a.attgenerated::text,
    array_to_string(a.attacl, E'\x1f'), md5(d.adbin::text)],
  d.xmin, d.cmin::text::bigint
from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
union all
select 'pg_constraint'::regclass::oid, k.oid, 0, k.conrelid, null::oid, k.conrelid,
  concat_ws(',', k.contype::text, k.conname,
    (select string_agg(a.attname, ',' order by n) from unnest(k.conkey) with ordinality u(attnum, n) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum)),
  array[k.convalidated::text, concat(k.confupdtype, k.confdeltype, k.condeferrable, k.condeferred)],
  k.xmin, k.cmin::text::bigint
from pg_constraint k
union all
select 'pg_trigger'::regclass::oid, t.oid, 0, t.tgrelid, null::oid, t.tgrelid, t.tgname::text,
  array[md5(concat_ws(' ', t.tgfoid, t.tgtype, t.tgattr, t.tgargs, t.tgqual, t.tgoldtable, t.tgnewtable)), t.tgenabled::text],
  t.xmin, t.cmin::text::bigint
from pg_trigger t where not t.tgisinternal
union all
select 'pg_proc'::regclass::oid, p.oid, 0, null::oid, p.pronamespace, null::oid, p.proname::text,
  array[p.pronamespace::text, p.proowner::text, array_to_string(p.proacl, E'\x1f'), p.prosecdef::text, p.proconfig::text,
    md5(concat_ws(' ', p.prosrc, p.probin, p.prosqlbody, p.prolang, p.provolatile, p.prorettype, p.proparallel, p.proisstrict, p.proargnames, p.proargdefaults))],
  p.xmin, p.cmin::text::bigint
from pg_proc p
union all
select 'pg_policy'::regclass::oid, p.oid, 0, null::oid, null::oid, null::oid, p.polname::text,
  array[concat_ws(' ', p.polcmd, p.polpermissive), p.polroles::text, md5(p.polqual::text), md5(p.polwithcheck::text)], p.xmin, p.cmin::text::bigint
from pg_policy p
union all
select 'pg_namespace'::regclass::oid, n.oid, 0, null::oid, n.oid, null::oid, n.nspname::text, array[n.nspowner::text, array_to_string(n.nspacl, E'\x1f')], n.xmin, n.cmin::text::bigint
from pg_namespace n
union all
select 'pg_type'::regclass::oid, t.oid, 0, null::oid, t.typnamespace, null::oid, t.typname::text,
  array[t.typnamespace::text, t.typowner::text, array_to_string(t.typacl, E'\x1f'),
    concat_ws(' ', t.typnotnull, t.typdefault, (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))],
  t.xmin, t.cmin::text::bigint
from pg_type t
union all
select 'pg_extension'::regclass::oid, e.oid, 0, null::oid, null::oid, null::oid, e.extname::text, array[e.extnamespace::text, e.extversion], e.xmin, e.cmin::text::bigint from pg_extension e
union all
select 'pg_publication'::regclass::oid, p.oid, 0, null::oid, null::oid, null::oid, p.pubname::text, array[concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate)],
  p.xmin, p.cmin::text::bigint
from pg_publication p
union all
select 'pg_default_acl'::regclass::oid, d.oid, 0, null::oid, null::oid, null::oid, null::text, array[d.defaclrole::text, d.defaclnamespace::text, d.defaclobjtype::text, array_to_string(d.defaclacl, E'\x1f')],
  d.xmin, d.cmin::text::bigint
from pg_default_acl d;

-- All that follows runs under the settings of the two event-trigger functions, which alone are called by others: plans are made
-- once, and by index, since the catalogues may have been small when they were made.

-- Notes what changed after the command numbered `since` in this transaction (rows no older than `recent`) of these relations.
create function pg_supaready.note_changed(relations oid[], recent int, since bigint, place text) returns bigint
language plpgsql as $$
declare
  noted bigint;
begin
  insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets, at)
  select s.classid, s.objid, s.objsubid, false, s.parent, s.name, s.facets, place
  from pg_supaready.state s
  where s.relation is not null and s.relation = any (relations) and age(s.version) <= recent and s.command > since;
  get diagnostics noted = row_count;
  return noted;
end
$$;

-- Notes one object, whether or not it changed: a command has just named it.
create function pg_supaready.note(class oid, object oid, made_now boolean, place text) returns void
language plpgsql as $$
begin
  if class = 'pg_class'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets, at)
    select s.classid, s.objid, s.objsubid, made_now, s.parent, s.name, s.facets, place
    from pg_supaready.state s where s.classid = 'pg_class'::regclass and s.objid = object and s.relation = object and s.objsubid = 0;
  elsif class = 'pg_proc'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets, at)
    select s.classid, s.objid, s.objsubid, made_now, s.parent, s.name, s.facets, place
    from pg_supaready.state s where s.classid = 'pg_proc'::regclass and s.objid = object;
  elsif class = 'pg_policy'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets, at)
    select s.classid, s.objid, s.objsubid, made_now, s.parent, s.name, s.facets, place
    from pg_supaready.state s where s.classid = 'pg_policy'::regclass and s.objid = object;
  elsif class = 'pg_trigger'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets, at)
    select s.classid, s.objid, s.objsubid, made_now, s.parent, s.name, s.facets, place
    from pg_supaready.state s where s.classid = 'pg_trigger'::regclass and s.objid = object;
  else
    insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets, at)
    select s.classid, s.objid, s.objsubid, made_now, s.parent, s.name, s.facets, place
    from pg_supaready.state s where s.classid = class and s.objid = object;
    -- Of what the view has no facets, only that it was named: a CREATE, as nothing else of it is told.
    if not found then
      insert into pg_supaready.log (classid, objid, objsubid, made, facets, at) values (class, object, 0, made_now, '{}', place);
    end if;
  end if;
end
$$;

-- GRANT and REVOKE name no object to an event trigger: what they changed is found by its age. Most often the transaction's own
-- number is on it; after an exception block another is, for which all rows are measured. A privilege on columns alone leaves
-- the table's row as it was.
create function pg_supaready.granted(object_type text, top xid, recent int, since bigint) returns oid[]
language plpgsql set enable_seqscan = on as $$
declare
  found oid[];
begin
  if object_type in ('TABLE', 'SEQUENCE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE') then
    found := array(select c.oid from pg_class c where c.xmin = top and c.cmin::text::bigint > since);
    if found = '{}' then
      found := array(select distinct a.attrelid from pg_attribute a where a.xmin = top and a.cmin::text::bigint > since);
    end if;
    if found = '{}' then
      found := array(
        select c.oid from pg_class c where age(c.xmin) <= recent and c.cmin::text::bigint > since
        union select a.attrelid from pg_attribute a where age(a.xmin) <= recent and a.cmin::text::bigint > since
      );
    end if;
  elsif object_type in ('FUNCTION', 'PROCEDURE', 'ROUTINE', 'AGGREGATE') then
    found := array(select p.oid from pg_proc p where p.xmin = top and p.cmin::text::bigint > since);
    if found = '{}' then
      found := array(select p.oid from pg_proc p where age(p.xmin) <= recent and p.cmin::text::bigint > since);
    end if;
  elsif object_type = 'SCHEMA' then
    found := array(select n.oid from pg_namespace n where age(n.xmin) <= recent and n.cmin::text::bigint > since);
  elsif object_type in ('TYPE', 'DOMAIN') then
    found := array(select t.oid from pg_type t where age(t.xmin) <= recent and t.cmin::text::bigint > since);
  end if;
  return coalesce(found, '{}');
end
$$;

-- What changes a table changes its partitions and children.
create function pg_supaready.with_children(relation oid) returns oid[]
language plpgsql as $$
begin
  if not exists (select from pg_class c where c.oid = relation and c.relhassubclass) then
    return array[relation];
  end if;
  return array(
    with recursive below as (
      select relation as child
      union select i.inhrelid from below b join pg_inherits i on i.inhparent = b.child
    )
    select child from below
  );
end
$$;

-- The line within a DO block, where one is running, stands in the context.
create function pg_supaready.place(context text) returns text
language plpgsql stable as $$
declare
  place text := nullif(current_setting('supaready.at', true), '');
begin
  if position('inline_code_block' in context) = 0 then
    return place;
  end if;
  return place || coalesce(':' || (regexp_match(context, '(?:^|\n)PL/pgSQL function inline_code_block line (\d+) at [^\n]*$'))[1], '');
end
$$;

create function pg_supaready.on_command() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  command record;
  context text;
  place text;
  top xid := pg_current_xact_id()::xid;
  recent int := age(top);
  -- Set until the transaction ends: where the command before this one had come to.
  since bigint := coalesce(nullif(current_setting('supaready.since', true), ''), '-1');
  relations oid[];
  noted bigint;
begin
  get diagnostics context = pg_context;
  place := pg_supaready.place(context);
  for command in select distinct c.classid, c.objid, c.objsubid, c.command_tag, c.object_type, c.schema_name from pg_event_trigger_ddl_commands() c where not c.in_extension loop
    if command.schema_name like 'pg\_temp%' or command.schema_name = 'pg_supaready' then
      continue;
    elsif command.command_tag in ('GRANT', 'REVOKE') then
      relations := pg_supaready.granted(command.object_type, top, recent, since);
      if command.object_type in ('TABLE', 'SEQUENCE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE') then
        perform pg_supaready.note_changed(relations, recent, since, place);
      else
        perform pg_supaready.note(case when command.object_type = 'SCHEMA' then 'pg_namespace'::regclass when command.object_type in ('TYPE', 'DOMAIN') then 'pg_type'::regclass else 'pg_proc'::regclass end, g, false, place)
        from unnest(relations) g;
      end if;
    elsif command.command_tag = 'ALTER DEFAULT PRIVILEGES' then
      perform pg_supaready.note('pg_default_acl'::regclass, d.oid, false, place) from pg_default_acl d where age(d.xmin) <= recent and d.cmin::text::bigint > since;
    elsif command.command_tag = 'COMMENT' then
      insert into pg_supaready.log (classid, objid, objsubid, made, name, facets, at)
      values (command.classid, command.objid, command.objsubid, false, null, array['comment'], place);
    elsif command.classid in ('pg_class'::regclass, 'pg_trigger'::regclass) then
      perform pg_supaready.note(command.classid, command.objid, command.command_tag like 'CREATE%', place);
      relations := pg_supaready.with_children(coalesce((select t.tgrelid from pg_trigger t where command.classid = 'pg_trigger'::regclass and t.oid = command.objid), command.objid));
      noted := pg_supaready.note_changed(relations, recent, since, place);
      -- Another type makes the foreign keys to a column anew, on whatever table they are.
      if command.command_tag = 'ALTER TABLE' and noted > 0 then
        perform pg_supaready.note('pg_constraint'::regclass, k.oid, false, place)
        from pg_constraint k where k.confrelid = any (relations) and k.conrelid <> all (relations) and age(k.xmin) <= recent and k.cmin::text::bigint > since;
      end if;
    elsif command.objid is not null then
      perform pg_supaready.note(command.classid, command.objid, command.command_tag like 'CREATE%', place);
    end if;
  end loop;
  insert into pg_supaready.clock values (true) returning cmin::text into since;
  perform set_config('supaready.since', since::text, true);
exception when others then
  -- A migration must not fail because of what looks on.
  insert into pg_supaready.errors values (sqlerrm, place);
end
$$;

-- A default that goes with the function or sequence it calls changes its table without a command on it.
create function pg_supaready.on_drop() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  dropped record;
  context text;
begin
  if tg_tag in ('DROP FUNCTION', 'DROP SEQUENCE', 'DROP TYPE', 'DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED', 'DROP TABLE') then
    get diagnostics context = pg_context;
    for dropped in select d.address_names from pg_event_trigger_dropped_objects() d where d.object_type = 'default value' and not d.original loop
      perform pg_supaready.note_changed(array[r::oid], age(pg_current_xact_id()::xid), -1, pg_supaready.place(context))
      from to_regclass(format('%I.%I', dropped.address_names[1], dropped.address_names[2])) r where r is not null;
    end loop;
  end if;
exception when others then
  insert into pg_supaready.errors values (sqlerrm, null);
end
$$;

-- What is there before the first migration came with the platform: it has no place.
insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets)
select s.classid, s.objid, s.objsubid, false, s.parent, s.name, s.facets
from pg_supaready.state s
left join pg_catalog.pg_class c on c.oid = s.relation
join pg_catalog.pg_namespace n on n.oid = coalesce(c.relnamespace, s.namespace)
where n.nspname !~ '^(pg_|information_schema)' and s.classid <> 'pg_catalog.pg_type'::regclass or s.classid = 'pg_catalog.pg_namespace'::regclass;
insert into pg_supaready.log (classid, objid, objsubid, made, facets)
select s.classid, s.objid, s.objsubid, false, s.facets from pg_supaready.state s where s.classid = 'pg_catalog.pg_default_acl'::regclass;

create event trigger pg_supaready_command on ddl_command_end execute function pg_supaready.on_command();
create event trigger pg_supaready_drop on sql_drop execute function pg_supaready.on_drop();
-- Also under session_replication_role = replica, which dumps set.
alter event trigger pg_supaready_command enable always;
alter event trigger pg_supaready_drop enable always;
