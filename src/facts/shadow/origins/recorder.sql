-- Remembers, while migrations are replayed, which statement gave every object, column and privilege its present state.
-- The name begins with pg_ so that migrations which loop over the schemas of the project pass it by.
set allow_system_table_mods = on;
create schema pg_supaready;
set allow_system_table_mods = off;

-- One row for each part of an object that a command made, named or changed: what it is like then, and the statement that runs.
-- Values stay as the catalogues have them: to turn them into text at each command would cost more than the command (log.sql).
create unlogged table pg_supaready.log (
  seq bigint generated always as identity,
  classid oid not null,
  objid oid not null,
  objsubid int not null,
  -- A CREATE has just made or replaced it.
  made boolean not null,
  -- The table of a constraint or index, which gets a new oid when a column's type changes.
  parent oid,
  name name,
  at text,
  schema oid,
  owner oid,
  acl aclitem[],
  options text[],
  oids oid[],
  keys int2[],
  text1 text,
  text2 text,
  char1 "char",
  char2 "char",
  char3 "char",
  bool1 boolean,
  bool2 boolean,
  bool3 boolean,
  number int
);
create unlogged table pg_supaready.errors (message text, at text);
-- A row inserted here tells how far the transaction's commands have come.
create unlogged table pg_supaready.clock (ticks boolean);

-- What each kind of object is like now, in the log's columns. `version` and `command` are those of the catalogue's row: they tell
-- what a statement has left as it was.
create view pg_supaready.relations as
select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, i.indrelid as parent, c.relname as name, c.relnamespace as schema, c.relowner as owner, c.relacl as acl,
  c.reloptions as options, c.relreplident as char1, c.relrowsecurity as bool1, c.relforcerowsecurity as bool2, c.xmin as version, c.cmin as command
from pg_class c left join pg_index i on i.indexrelid = c.oid;
create view pg_supaready.columns as
select 'pg_class'::regclass::oid as classid, a.attrelid as objid, a.attnum::int as objsubid, a.attname as name, a.atttypid as schema, a.attcollation as owner, a.attacl as acl,
  d.adbin::text as text1, a.attidentity as char1, a.attgenerated as char2, a.attnotnull as bool1, a.atttypmod as number, a.xmin as version, a.cmin as command, d.xmin as default_version, d.cmin as default_command
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attnum > 0 and not a.attisdropped;
create view pg_supaready.constraints as
select 'pg_constraint'::regclass::oid as classid, k.oid as objid, 0 as objsubid, k.conrelid as parent, k.conname as name, k.conkey as keys,
  k.contype as char1, k.confupdtype as char2, k.confdeltype as char3, k.convalidated as bool1, k.condeferrable as bool2, k.condeferred as bool3, k.xmin as version, k.cmin as command, k.confrelid as referenced
from pg_constraint k;
create view pg_supaready.triggers as
select 'pg_trigger'::regclass::oid as classid, t.oid as objid, 0 as objsubid, t.tgrelid as relation, t.tgname as name, t.tgenabled as char1, t.xmin as version, t.cmin as command
from pg_trigger t where not t.tgisinternal;
create view pg_supaready.functions as
select 'pg_proc'::regclass::oid as classid, p.oid as objid, 0 as objsubid, p.proname as name, p.pronamespace as schema, p.proowner as owner, p.proacl as acl, p.proconfig as options,
  p.prosecdef as bool1, p.proisstrict as bool2, p.provolatile as char1, p.proparallel as char2
from pg_proc p;
create view pg_supaready.policies as
select 'pg_policy'::regclass::oid as classid, p.oid as objid, 0 as objsubid, p.polname as name, p.polroles as oids, p.polqual::text as text1, p.polwithcheck::text as text2, p.polcmd as char1, p.polpermissive as bool1
from pg_policy p;

-- All that follows runs under the settings of the two event-trigger functions, which alone are called by others: plans are made
-- once, and by index, since the catalogues may have been small when they were made.

-- Notes what changed of these relations after the command numbered `since` in this transaction (rows no older than `recent`).
create function pg_supaready.note_changed(relations oid[], recent int, since bigint, place text) returns bigint
language plpgsql as $$
declare
  noted bigint;
begin
  insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, schema, owner, acl, options, char1, bool1, bool2, at)
  select r.classid, r.objid, r.objsubid, false, r.parent, r.name, r.schema, r.owner, r.acl, r.options, r.char1, r.bool1, r.bool2, place
  from pg_supaready.relations r where r.objid = any (relations) and age(r.version) <= recent and r.command::text::bigint > since;
  insert into pg_supaready.log (classid, objid, objsubid, made, name, schema, owner, acl, text1, char1, char2, bool1, number, at)
  select c.classid, c.objid, c.objsubid, false, c.name, c.schema, c.owner, c.acl, c.text1, c.char1, c.char2, c.bool1, c.number, place
  from pg_supaready.columns c
  where c.objid = any (relations)
    and (age(c.version) <= recent and c.command::text::bigint > since or age(c.default_version) <= recent and c.default_command::text::bigint > since);
  get diagnostics noted = row_count;
  return noted;
end
$$;

-- Notes what changed of that which hangs on these tables: indexes, constraints, triggers.
create function pg_supaready.note_parts(relations oid[], recent int, since bigint, place text) returns void
language plpgsql as $$
begin
  insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, schema, owner, acl, options, char1, bool1, bool2, at)
  select r.classid, r.objid, r.objsubid, false, r.parent, r.name, r.schema, r.owner, r.acl, r.options, r.char1, r.bool1, r.bool2, place
  from pg_index i join pg_supaready.relations r on r.objid = i.indexrelid
  where i.indrelid = any (relations) and age(r.version) <= recent and r.command::text::bigint > since;
  insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, keys, char1, char2, char3, bool1, bool2, bool3, at)
  select k.classid, k.objid, k.objsubid, false, k.parent, k.name, k.keys, k.char1, k.char2, k.char3, k.bool1, k.bool2, k.bool3, place
  from pg_supaready.constraints k where k.parent = any (relations) and age(k.version) <= recent and k.command::text::bigint > since;
  insert into pg_supaready.log (classid, objid, objsubid, made, name, char1, at)
  select t.classid, t.objid, t.objsubid, false, t.name, t.char1, place
  from pg_supaready.triggers t where t.relation = any (relations) and age(t.version) <= recent and t.command::text::bigint > since;
end
$$;

-- Notes one object, whether or not it changed: a command has just named it.
create function pg_supaready.note(class oid, object oid, made_now boolean, place text) returns void
language plpgsql as $$
begin
  if class = 'pg_class'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, schema, owner, acl, options, char1, bool1, bool2, at)
    select r.classid, r.objid, r.objsubid, made_now, r.parent, r.name, r.schema, r.owner, r.acl, r.options, r.char1, r.bool1, r.bool2, place
    from pg_supaready.relations r where r.objid = object;
  elsif class = 'pg_proc'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, name, schema, owner, acl, options, bool1, bool2, char1, char2, at)
    select f.classid, f.objid, f.objsubid, made_now, f.name, f.schema, f.owner, f.acl, f.options, f.bool1, f.bool2, f.char1, f.char2, place
    from pg_supaready.functions f where f.objid = object;
  elsif class = 'pg_policy'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, name, oids, text1, text2, char1, bool1, at)
    select p.classid, p.objid, p.objsubid, made_now, p.name, p.oids, p.text1, p.text2, p.char1, p.bool1, place
    from pg_supaready.policies p where p.objid = object;
  elsif class = 'pg_trigger'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, name, char1, at)
    select t.classid, t.objid, t.objsubid, made_now, t.name, t.char1, place from pg_supaready.triggers t where t.objid = object;
  elsif class = 'pg_constraint'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, keys, char1, char2, char3, bool1, bool2, bool3, at)
    select k.classid, k.objid, k.objsubid, made_now, k.parent, k.name, k.keys, k.char1, k.char2, k.char3, k.bool1, k.bool2, k.bool3, place
    from pg_supaready.constraints k where k.objid = object;
  elsif class = 'pg_namespace'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, name, owner, acl, at)
    select class, n.oid, 0, made_now, n.nspname, n.nspowner, n.nspacl, place from pg_namespace n where n.oid = object;
  elsif class = 'pg_type'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, name, schema, owner, acl, bool1, text1, options, at)
    select class, t.oid, 0, made_now, t.typname, t.typnamespace, t.typowner, t.typacl, t.typnotnull, t.typdefault,
      array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder), place
    from pg_type t where t.oid = object;
  elsif class = 'pg_extension'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, name, schema, text1, at)
    select class, e.oid, 0, made_now, e.extname, e.extnamespace, e.extversion, place from pg_extension e where e.oid = object;
  elsif class = 'pg_publication'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, name, text1, at)
    select class, p.oid, 0, made_now, p.pubname, concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate), place from pg_publication p where p.oid = object;
  elsif class = 'pg_default_acl'::regclass then
    insert into pg_supaready.log (classid, objid, objsubid, made, owner, schema, char1, acl, at)
    select class, d.oid, 0, made_now, d.defaclrole, d.defaclnamespace, d.defaclobjtype, d.defaclacl, place from pg_default_acl d where d.oid = object;
  else
    insert into pg_supaready.log (classid, objid, objsubid, made, at) values (class, object, 0, made_now, place);
  end if;
end
$$;

-- GRANT and REVOKE name no object to an event trigger: what they changed is found by its age. Most often the transaction's own
-- number is on it; after an exception block another is, for which all rows are measured. A privilege on columns alone leaves
-- the table's row as it was.
create function pg_supaready.granted(object_type text, top xid, recent int, since bigint, place text) returns oid[]
language plpgsql as $$
declare
  found oid[];
  names text[] := string_to_array(current_setting('supaready.at', true), E'\x1f');
begin
  -- A plain statement's names come with its place (granted.ts).
  if names[1] = place and array_length(names, 1) > 1 then
    found := case
      when object_type in ('FUNCTION', 'PROCEDURE', 'ROUTINE') then array(select to_regprocedure(n)::oid from unnest(names[2:]) n)
      else array(select to_regclass(n)::oid from unnest(names[2:]) n)
    end;
    if array_position(found, null) is null then
      return found;
    end if;
  end if;
  if object_type in ('TABLE', 'SEQUENCE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE') then
    found := array(select c.oid from pg_class c where c.oid >= 16384 and c.xmin = top and c.cmin::text::bigint > since);
    if found = '{}' then
      found := array(select c.oid from pg_class c where c.oid >= 16384 and age(c.xmin) <= recent and c.cmin::text::bigint > since);
    end if;
    if found = '{}' then
      found := array(select distinct a.attrelid from pg_attribute a where a.attrelid >= 16384 and age(a.xmin) <= recent and a.cmin::text::bigint > since);
    end if;
  elsif object_type in ('FUNCTION', 'PROCEDURE', 'ROUTINE', 'AGGREGATE') then
    found := array(select p.oid from pg_proc p where p.oid >= 16384 and p.xmin = top and p.cmin::text::bigint > since);
    if found = '{}' then
      found := array(select p.oid from pg_proc p where p.oid >= 16384 and age(p.xmin) <= recent and p.cmin::text::bigint > since);
    end if;
  elsif object_type = 'SCHEMA' then
    found := array(select n.oid from pg_namespace n where age(n.xmin) <= recent and n.cmin::text::bigint > since);
  elsif object_type in ('TYPE', 'DOMAIN') then
    found := array(select t.oid from pg_type t where t.oid >= 16384 and age(t.xmin) <= recent and t.cmin::text::bigint > since);
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
  place text := nullif(split_part(current_setting('supaready.at', true), E'\x1f', 1), '');
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
  for command in select c.classid, c.objid, c.objsubid, c.command_tag, c.object_type, c.schema_name from pg_event_trigger_ddl_commands() c where not c.in_extension loop
    if command.schema_name like 'pg\_temp%' or command.schema_name = 'pg_supaready' then
      continue;
    elsif command.command_tag in ('GRANT', 'REVOKE') then
      relations := pg_supaready.granted(command.object_type, top, recent, since, place);
      if command.object_type in ('TABLE', 'SEQUENCE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE') then
        perform pg_supaready.note_changed(relations, recent, since, place);
      else
        perform pg_supaready.note(case when command.object_type = 'SCHEMA' then 'pg_namespace'::regclass when command.object_type in ('TYPE', 'DOMAIN') then 'pg_type'::regclass else 'pg_proc'::regclass end, g, false, place)
        from unnest(relations) g;
      end if;
    elsif command.command_tag = 'ALTER DEFAULT PRIVILEGES' then
      perform pg_supaready.note('pg_default_acl'::regclass, d.oid, false, place) from pg_default_acl d where age(d.xmin) <= recent and d.cmin::text::bigint > since;
    elsif command.command_tag = 'COMMENT' then
      insert into pg_supaready.log (classid, objid, objsubid, made, text1, at)
      values ('pg_description'::regclass, command.objid, command.objsubid, false, command.classid::regclass, place);
    elsif command.classid in ('pg_class'::regclass, 'pg_trigger'::regclass) then
      perform pg_supaready.note(command.classid, command.objid, command.command_tag like 'CREATE%', place);
      relations := pg_supaready.with_children(coalesce((select t.tgrelid from pg_trigger t where command.classid = 'pg_trigger'::regclass and t.oid = command.objid), command.objid));
      noted := pg_supaready.note_changed(relations, recent, since, place);
      if command.object_type in ('table', 'foreign table', 'materialized view', 'index', 'trigger') then
        perform pg_supaready.note_parts(relations, recent, since, place);
      end if;
      -- Another type makes the foreign keys to a column anew, on whatever table they are.
      if command.command_tag = 'ALTER TABLE' and noted > 0 then
        perform pg_supaready.note('pg_constraint'::regclass, k.oid, false, place)
        from pg_constraint k where k.confrelid = any (relations) and k.conrelid <> all (relations) and age(k.xmin) <= recent and k.cmin::text::bigint > since;
      end if;
    elsif command.objid is not null then
      perform pg_supaready.note(command.classid, command.objid, command.command_tag like 'CREATE%', place);
      -- An extension's own commands are not told of; its tables and views came with it.
      if command.command_tag = 'CREATE EXTENSION' then
        perform pg_supaready.note(d.classid, d.objid, true, place)
        from pg_depend d where d.refclassid = command.classid and d.refobjid = command.objid and d.deptype = 'e' and d.classid = 'pg_class'::regclass;
      end if;
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
with platform as (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^(pg_|information_schema)'),
tables as (select array_agg(c.oid) as oids from pg_catalog.pg_class c where c.relnamespace in (select oid from platform))
select pg_supaready.note_changed(tables.oids, 2147483647, -1, null), pg_supaready.note_parts(tables.oids, 2147483647, -1, null) from tables;
select pg_supaready.note('pg_catalog.pg_proc'::regclass, p.oid, false, null)
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where n.nspname !~ '^(pg_|information_schema)';
select pg_supaready.note('pg_catalog.pg_namespace'::regclass, n.oid, false, null) from pg_catalog.pg_namespace n;
select pg_supaready.note('pg_catalog.pg_default_acl'::regclass, d.oid, false, null) from pg_catalog.pg_default_acl d;

create event trigger pg_supaready_command on ddl_command_end execute function pg_supaready.on_command();
create event trigger pg_supaready_drop on sql_drop execute function pg_supaready.on_drop();
-- Also under session_replication_role = replica, which dumps set.
alter event trigger pg_supaready_command enable always;
alter event trigger pg_supaready_drop enable always;
