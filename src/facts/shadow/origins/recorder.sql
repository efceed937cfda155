-- Remembers, while migrations are replayed, which statement gave every object, column and privilege its present state.
-- The name begins with pg_ so that migrations which loop over the schemas of the project pass it by.
set allow_system_table_mods = on;
create schema pg_supaready;
set allow_system_table_mods = off;

-- One row whenever something about an object is not as it was: what it is like then, and the statement that runs.
create table pg_supaready.log (
  seq bigint generated always as identity,
  classid oid not null,
  objid oid not null,
  objsubid int not null,
  made boolean not null,
  -- The table of a constraint or index, which gets a new oid when a column's type changes.
  parent oid,
  -- Its name then, and the columns of a constraint: a statement of many lines is searched for them.
  name text,
  facets text[] not null,
  at text
);
create index on pg_supaready.log (classid, objid, objsubid, seq desc);
create table pg_supaready.errors (message text, at text);

-- Notes a relation and what hangs on it, as far as it is not as it was. `made_now` is the relation, or its trigger, that a
-- CREATE has just made or replaced. Order of the facets: see fold.ts.
create function pg_supaready.note_relation(relation oid, made_now oid, place text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  insert into pg_supaready.log (classid, objid, objsubid, made, parent, name, facets, at)
  select o.classid, o.objid, o.objsubid, was.facets is null or (o.objid is not distinct from made_now and o.objsubid = 0), o.parent, o.name, o.facets, place
  from (
    select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, null::oid as parent, c.relname::text as name,
      array[c.relnamespace::text, c.relowner::text, array_to_string(c.relacl, E'\x1f'), c.relrowsecurity::text, c.relforcerowsecurity::text, c.reloptions::text, c.relreplident::text,
        case when c.relkind in ('v', 'm') then md5(pg_get_viewdef(c.oid)) end] as facets
    from pg_class c where c.oid = relation
    union all
    select 'pg_class'::regclass::oid, a.attrelid, a.attnum, null, a.attname::text,
      array[concat_ws(' ', a.atttypid, a.atttypmod, nullif(a.attcollation, 0)), a.attnotnull::text, a.attidentity::text || a.attgenerated::text,
        array_to_string(a.attacl, E'\x1f'), (select md5(d.adbin::text) from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum and a.atthasdef)]
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f', 'v', 'm', 'c')
    union all
    select 'pg_constraint'::regclass::oid, k.oid, 0, k.conrelid,
      concat_ws(',', k.contype::text, k.conname,
        (select string_agg(a.attname, ',' order by n) from unnest(k.conkey) with ordinality u(attnum, n) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum)),
      array[k.convalidated::text, concat(k.confupdtype, k.confdeltype, k.condeferrable, k.condeferred)]
    from pg_constraint k where k.conrelid = relation
    union all
    select 'pg_class'::regclass::oid, i.indexrelid, 0, i.indrelid, c.relname::text,
      array[c.relnamespace::text, c.relowner::text, null, null, null, c.reloptions::text, null, i.indisvalid::text]
    from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = relation
    union all
    select 'pg_trigger'::regclass::oid, t.oid, 0, null, t.tgname::text,
      array[md5(concat_ws(' ', t.tgfoid, t.tgtype, t.tgattr, t.tgargs, t.tgqual, t.tgoldtable, t.tgnewtable)), t.tgenabled::text]
    from pg_trigger t where t.tgrelid = relation and not t.tgisinternal
  ) o
  left join lateral (
    select l.facets, l.name from pg_supaready.log l
    where l.classid = o.classid and l.objid = o.objid and l.objsubid = o.objsubid and l.facets[1] is distinct from 'comment'
    order by l.seq desc limit 1
  ) was on true
  where was.facets is distinct from o.facets or was.name is distinct from o.name or (o.objid is not distinct from made_now and o.objsubid = 0);
end
$$;

create function pg_supaready.note_other(object_class oid, object oid, made_now boolean, place text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  insert into pg_supaready.log (classid, objid, objsubid, made, name, facets, at)
  select o.classid, o.objid, o.objsubid, was.facets is null or (made_now and o.objid = object and o.objsubid = 0), o.name, o.facets, place
  from (
    select object_class as classid, p.oid as objid, 0 as objsubid, p.proname::text as name,
      array[p.pronamespace::text, p.proowner::text, array_to_string(p.proacl, E'\x1f'), p.prosecdef::text, p.proconfig::text,
        md5(concat_ws(' ', p.prosrc, p.probin, p.prosqlbody, p.prolang, p.provolatile, p.prorettype, p.proparallel, p.proisstrict, p.proargnames, p.proargdefaults))] as facets
    from pg_proc p where object_class = 'pg_proc'::regclass and p.oid = object
    union all
    select object_class, p.oid, 0, p.polname::text,
      array[md5(concat_ws(' ', p.polcmd, p.polpermissive, p.polroles, p.polqual, p.polwithcheck))]
    from pg_policy p where object_class = 'pg_policy'::regclass and p.oid = object
    union all
    select object_class, n.oid, 0, n.nspname::text, array[n.nspowner::text, array_to_string(n.nspacl, E'\x1f')] from pg_namespace n where object_class = 'pg_namespace'::regclass and n.oid = object
    union all
    select object_class, t.oid, 0, t.typname::text, array[t.typnamespace::text, t.typowner::text, array_to_string(t.typacl, E'\x1f'), concat_ws(' ', t.typnotnull, t.typdefault)]
    from pg_type t where object_class = 'pg_type'::regclass and t.oid = object
    union all
    select object_class, e.oid, 0, e.extname::text, array[e.extnamespace::text, e.extversion] from pg_extension e where object_class = 'pg_extension'::regclass and e.oid = object
    union all
    select object_class, p.oid, 0, p.pubname::text, array[concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate)]
    from pg_publication p where object_class = 'pg_publication'::regclass and p.oid = object
    union all
    select object_class, object, 0, null, '{}' where object_class not in ('pg_proc'::regclass, 'pg_policy'::regclass, 'pg_namespace'::regclass, 'pg_type'::regclass, 'pg_extension'::regclass, 'pg_publication'::regclass)
  ) o
  left join lateral (
    select l.facets, l.name from pg_supaready.log l
    where l.classid = o.classid and l.objid = o.objid and l.objsubid = o.objsubid and l.facets[1] is distinct from 'comment'
    order by l.seq desc limit 1
  ) was on true
  where was.facets is distinct from o.facets or (made_now and o.objid = object and o.objsubid = 0);
end
$$;

-- What GRANT and REVOKE changed in this transaction: they tell an event trigger of no object.
create function pg_supaready.granted(text, xid) returns table (classid oid, objid oid)
language sql stable set search_path = pg_catalog as $$
  select 'pg_class'::regclass::oid, c.oid from pg_class c
  where $1 in ('TABLE', 'SEQUENCE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE') and c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and (age(c.xmin) <= age($2) or exists (select from pg_attribute a where a.attrelid = c.oid and a.attacl is not null and age(a.xmin) <= age($2)))
  union all
  select 'pg_proc'::regclass::oid, p.oid from pg_proc p
  where $1 in ('FUNCTION', 'PROCEDURE', 'ROUTINE', 'AGGREGATE') and p.oid >= 16384 and age(p.xmin) <= age($2)
  union all
  select 'pg_namespace'::regclass::oid, n.oid from pg_namespace n where $1 = 'SCHEMA' and age(n.xmin) <= age($2)
  union all
  select 'pg_type'::regclass::oid, t.oid from pg_type t where $1 in ('TYPE', 'DOMAIN') and t.oid >= 16384 and age(t.xmin) <= age($2)
$$;

-- The line within a DO block, where one is running, stands in the context.
create function pg_supaready.place(context text) returns text
language sql stable set search_path = pg_catalog as $$
  select nullif(current_setting('supaready.at', true), '')
    || coalesce(':' || (regexp_match(context, '(?:^|\n)PL/pgSQL function inline_code_block line (\d+) at [^\n]*$'))[1], '')
$$;

create function pg_supaready.on_command() returns event_trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  command record;
  granted record;
  context text;
  place text;
  since xid := pg_current_xact_id()::xid;
begin
  get diagnostics context = pg_context;
  place := pg_supaready.place(context);
  for command in select distinct c.classid, c.objid, c.objsubid, c.command_tag, c.object_type, c.schema_name from pg_event_trigger_ddl_commands() c where not c.in_extension loop
    if command.schema_name like 'pg\_temp%' or command.schema_name = 'pg_supaready' then
      continue;
    elsif command.command_tag in ('GRANT', 'REVOKE') then
      for granted in select * from pg_supaready.granted(command.object_type, since) loop
        if granted.classid = 'pg_class'::regclass then
          perform pg_supaready.note_relation(granted.objid, null, place);
        else
          perform pg_supaready.note_other(granted.classid, granted.objid, false, place);
        end if;
      end loop;
    elsif command.command_tag = 'ALTER DEFAULT PRIVILEGES' then
      insert into pg_supaready.log (classid, objid, objsubid, made, name, facets, at)
      select 'pg_default_acl'::regclass, d.oid, 0, was.facets is null, null, array[d.defaclrole::text, d.defaclnamespace::text, d.defaclobjtype::text, array_to_string(d.defaclacl, E'\x1f')], place
      from pg_default_acl d
      left join lateral (select l.facets from pg_supaready.log l where l.classid = 'pg_default_acl'::regclass and l.objid = d.oid order by l.seq desc limit 1) was on true
      where was.facets is distinct from array[d.defaclrole::text, d.defaclnamespace::text, d.defaclobjtype::text, array_to_string(d.defaclacl, E'\x1f')];
    elsif command.command_tag = 'COMMENT' then
      insert into pg_supaready.log (classid, objid, objsubid, made, name, facets, at)
      values (command.classid, command.objid, command.objsubid, false, null, array['comment'], place);
    elsif command.classid = 'pg_trigger'::regclass then
      perform pg_supaready.note_relation(t.tgrelid, case when command.command_tag like 'CREATE%' then t.oid end, place) from pg_trigger t where t.oid = command.objid;
    elsif command.classid = 'pg_class'::regclass then
      perform pg_supaready.note_relation(command.objid, case when command.command_tag like 'CREATE%' then command.objid end, place);
      perform pg_supaready.note_relation(i.indrelid, null, place) from pg_index i where i.indexrelid = command.objid;
    elsif command.objid is not null then
      perform pg_supaready.note_other(command.classid, command.objid, command.command_tag like 'CREATE%', place);
    end if;
  end loop;
exception when others then
  -- A migration must not fail because of what looks on.
  insert into pg_supaready.errors values (sqlerrm, place);
end
$$;

-- A default that goes with the function or sequence it calls changes its table without a command on it.
create function pg_supaready.on_drop() returns event_trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  dropped record;
  context text;
begin
  if tg_tag in ('DROP FUNCTION', 'DROP SEQUENCE', 'DROP TYPE', 'DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED', 'DROP TABLE') then
    get diagnostics context = pg_context;
    for dropped in select d.address_names from pg_event_trigger_dropped_objects() d where d.object_type = 'default value' and not d.original loop
      perform pg_supaready.note_relation(r, null, pg_supaready.place(context))
      from to_regclass(format('%I.%I', dropped.address_names[1], dropped.address_names[2])) r where r is not null;
    end loop;
  end if;
exception when others then
  insert into pg_supaready.errors values (sqlerrm, null);
end
$$;

-- What is there before the first migration came with the platform: it has no place.
select pg_supaready.note_relation(c.oid, null, null)
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname !~ '^(pg_|information_schema)';
select pg_supaready.note_other('pg_catalog.pg_proc'::regclass, p.oid, false, null)
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname !~ '^(pg_|information_schema)';
select pg_supaready.note_other('pg_catalog.pg_namespace'::regclass, n.oid, false, null) from pg_catalog.pg_namespace n;
insert into pg_supaready.log (classid, objid, objsubid, made, facets)
select 'pg_catalog.pg_default_acl'::regclass, d.oid, 0, true, array[d.defaclrole::text, d.defaclnamespace::text, d.defaclobjtype::text, array_to_string(d.defaclacl, E'\x1f')]
from pg_catalog.pg_default_acl d;

create event trigger pg_supaready_command on ddl_command_end execute function pg_supaready.on_command();
create event trigger pg_supaready_drop on sql_drop execute function pg_supaready.on_drop();
-- Also under session_replication_role = replica, which dumps set.
alter event trigger pg_supaready_command enable always;
alter event trigger pg_supaready_drop enable always;
