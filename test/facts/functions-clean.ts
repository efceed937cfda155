const plpgsql = (name: string, body: string, head = 'returns void') =>
  `create function app.${name} ${head} language plpgsql as $f$ ${body} $f$;`;

/** Functions with nothing wrong, each of a kind that checkers are known to complain of. By name. */
export const CLEAN: Readonly<Record<string, string>> = {
  temp_table: plpgsql(
    'temp_table()',
    `begin create temp table scratch (x int) on commit drop; insert into scratch values (1); update scratch set x = 2; end`,
  ),
  temp_of_another: plpgsql('temp_of_another()', `begin insert into scratch values (2); end`),
  temp_as: plpgsql(
    'temp_as()',
    `declare n int; begin create temp table picked as select id, total from app.orders; select count(*) into n from picked where total > 1; end`,
  ),
  dynamic_table: plpgsql(
    'dynamic_table(t text)',
    `begin execute format('create temp table %I (a int)', t); execute 'create temp table fixed_name (a int)'; insert into fixed_name values (1); end`,
  ),
  dynamic_record: plpgsql(
    'dynamic_record(t text)',
    `declare r record; begin execute 'select 1 as a, 2 as b' into r; raise notice '%', r.a; for r in execute format('select * from %I', t) loop raise notice '%', r.whatever; end loop; end`,
  ),
  transition: `${plpgsql('transition()', `begin insert into app.lines select n.id, 1, 'x' from fresh n left join stale s on s.id = n.id; return null; end`, 'returns trigger')}
    create trigger moved after update on app.orders referencing new table as fresh old table as stale for each statement execute function app.transition();`,
  polymorphic: plpgsql('polymorphic(x anyelement, y anyarray)', `begin return x; end`, 'returns anyelement'),
  sql_makes: `set check_function_bodies = off; create function app.sql_makes() returns void language sql as $f$ create temp table made_here (i int); insert into made_here values (1); $f$; set check_function_bodies = on;`,
  rowtype_later: `set check_function_bodies = off; ${plpgsql('rowtype_later()', `declare r app.later%rowtype; begin select * into r from app.later; r.label := 'x'; end`)} create table app.later (id int, label text);`,
  type_later: plpgsql(
    'type_later()',
    `declare n app.orders.total%type; begin n := 1; select total into n from app.orders limit 1; end`,
  ),
  many_tables: `${plpgsql('many_tables()', `begin if tg_table_name = 'orders' then new.note := 'x'; elsif tg_table_name = 'lines' then new.title := 'y'; end if; return new; end`, 'returns trigger')}
    create trigger many before insert on app.orders for each row execute function app.many_tables();
    create trigger many before insert on app.lines for each row execute function app.many_tables();`,
  aliases: plpgsql(
    'aliases(a int, b text)',
    `declare first alias for $1; other alias for b; begin perform app.helper(first, other); perform app.helper($1, $2); end`,
  ),
  labels: plpgsql(
    'labels()',
    `<<outer_block>> declare n int := 1; begin declare n text := 'x'; begin perform app.helper(outer_block.n, n); end; end`,
  ),
  own_name: plpgsql('own_name(id bigint)', `begin update app.orders o set note = 'x' where o.id = own_name.id; end`),
  cases: plpgsql(
    'cases(kind text)',
    `begin case kind when 'a', 'b' then perform 1; when 'c' then perform 2; else null; end case; end`,
  ),
  loops: plpgsql(
    'loops(list int[])',
    `declare n int; r app.lines; begin foreach n in array list loop continue when n is null; perform app.helper(n); end loop; for i in reverse 10..1 by 2 loop perform app.helper(i); end loop; for r in select * from app.lines loop perform app.helper(r.position, r.title); end loop; end`,
  ),
  cursors: plpgsql(
    'cursors()',
    `declare c cursor (z bigint) for select id, note from app.orders where id = z; r record; q refcursor; begin for r in c(1) loop raise notice '%', r.note; end loop; open q for select 1 as one; fetch q into r; raise notice '%', r.one; close q; end`,
  ),
  returning: plpgsql(
    'returning_row()',
    `declare r record; n bigint; begin insert into app.orders (customer_id) values (null) returning * into r; insert into app.orders (customer_id) values (null) returning id into n; perform app.helper(r.id::int); end`,
  ),
  upsert: plpgsql(
    'upsert(mail text)',
    `begin insert into app.customers as c (email, name) values (mail, 'x') on conflict (email) do update set name = excluded.name where c.name is null; end`,
  ),
  merging: plpgsql(
    'merging()',
    `begin merge into app.lines l using app.orders o on o.id = l.order_id when matched then delete when not matched then insert values (o.id, 1, 'x'); end`,
  ),
  errors: plpgsql(
    'errors()',
    `declare m text; s text; begin perform 1 / 0; exception when division_by_zero then get stacked diagnostics m = message_text, s = returned_sqlstate; raise warning '% %', m, sqlerrm using errcode = 'P0001', hint = s; when others then raise; end`,
  ),
  diagnostics: plpgsql(
    'diagnostics()',
    `declare n bigint; begin delete from app.lines; get diagnostics n = row_count; if not found then raise notice '%', n; end if; end`,
  ),
  out_parameters: plpgsql('out_parameters(a int, out b text, inout c int)', `begin b := a::text; c := c + 1; end`, ''),
  return_table: plpgsql(
    'return_table()',
    `begin return query select o.id, o.status, array[o.note] from app.orders o; id := 1; return next; return; end`,
    'returns table (id bigint, status app.status, notes text[])',
  ),
  return_composite: plpgsql(
    'return_composite()',
    `declare r app.lines; begin return query select * from app.lines; select * into r from app.lines limit 1; return next r; return query select l.* from app.lines l where l.order_id = r.order_id; end`,
    'returns setof app.lines',
  ),
  return_rows: plpgsql(
    'return_rows()',
    `declare a app.lines; b app.lines; begin select * into a from app.lines; return query select a, b; end`,
    'returns table (x app.lines, y app.lines)',
  ),
  return_execute: plpgsql(
    'return_execute(t text)',
    `begin return query execute 'select 1, $1' using t; end`,
    'returns table (a int, b text)',
  ),
  json_walk: plpgsql(
    'json_walk(j jsonb)',
    `declare e jsonb; r record; begin for e in select * from jsonb_array_elements(j) loop perform app.helper((e ->> 'a')::int); end loop; for r in select * from jsonb_to_recordset(j) as x (a int, b text) loop perform app.helper(r.a, r.b); end loop; select key, value into r from jsonb_each(j) limit 1; raise notice '%', r.key; end`,
  ),
  two_fillings: plpgsql(
    'two_fillings()',
    `declare r record; begin select 1 as a into r; raise notice '%', r.a; select 2 as b into r; raise notice '%', r.b; end`,
  ),
  quoted: `create table app."Odd Table" ("Größe" int, "order" text); ${plpgsql('"Quoted"("In Put" int)', `declare "Länge" int; r record; begin "Länge" := "In Put"; execute 'select 1 as x' into r; update app."Odd Table" set "Größe" = "Länge", "order" = 'ä' || r.x; end`)}`,
  use_column: plpgsql(
    'use_column(email text)',
    `#variable_conflict use_column\n begin update app.customers set name = 'x' where email = use_column.email; end`,
  ),
  shims: plpgsql(
    'shims()',
    `begin perform cron.schedule('nightly', '0 3 * * *', 'select 1'); perform net.http_post('https://example.test'); perform net.a_function_the_stand_in_lacks(1); end`,
  ),
  enums: plpgsql(
    'enums(s app.status)',
    `declare t app.status := 'paid'; a app.amount := 1; k constant app.status := 'open'; begin select status, total into t, a from app.orders limit 1; if s = t or s = 'open' or k = t then null; end if; end`,
  ),
  standard_sql: `create function app.standard_sql(n int) returns bigint language sql begin atomic select count(*) from app.orders where id = n; end;`,
  sql_set: `create function app.sql_set(mail text) returns setof app.customers language sql stable as $f$ select * from app.customers where email = mail $f$;`,
  procedure: `create procedure app.work(n int) language plpgsql as $f$ begin commit; perform app.helper(n); rollback; end $f$; ${plpgsql('calls()', `begin call app.work(1); end`)}`,
  recursive: plpgsql(
    'recursive(n int)',
    `begin return query with recursive t (i) as (values (1) union all select i + 1 from t where i < n) select i from t; end`,
    'returns setof int',
  ),
  old_and_new: `${plpgsql('old_and_new()', `begin if tg_op = 'DELETE' then insert into app.lines values (old.id, 0, to_jsonb(old) ->> 'note'); return old; end if; if new is distinct from old then new.note := coalesce(new.note, old.note); end if; return new; end`, 'returns trigger')}
    create trigger either before update or delete on app.orders for each row execute function app.old_and_new();`,
  event: `${plpgsql('event()', `declare r record; begin for r in select * from pg_event_trigger_ddl_commands() loop raise notice '% %', tg_tag, r.object_identity; end loop; end`, 'returns event_trigger')}`,
  unattached: plpgsql(
    'unattached()',
    `begin new.anything := old.something; insert into app.lines select new.id, 1, new.title; return new; end`,
    'returns trigger',
  ),
  caller: plpgsql(
    'caller()',
    `begin if auth.uid() is null then raise exception 'no user' using errcode = '42501'; end if; perform set_config('app.user', auth.uid()::text, true); perform current_setting('app.user', true); end`,
    `returns void security definer set search_path = ''`,
  ),
  arrays: plpgsql(
    'arrays(variadic xs text[])',
    `declare a int[] := '{1,2}'; r app.lines[]; begin a[1] := 5; a := a || 6; r := array(select l from app.lines l); perform r[1].title; perform app.helper(a[2], xs[1]); end`,
  ),
};
