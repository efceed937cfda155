/** One broken function each: what stands there before, the function, what breaks it afterwards, and what must be said of it. */
export interface Broken {
  name: string;
  sql: string;
  sqlstate: string;
  /** Seen by plpgsql_check too (it does not read SQL functions, and passes over a few). */
  plpgsqlCheck: boolean;
}

const plpgsql = (name: string, body: string, head = 'returns void') =>
  `create function app.${name} ${head} language plpgsql as $f$ ${body} $f$;`;

/** Tables that both lists use. */
export const TABLES = `
  create schema app;
  create type app.status as enum ('open', 'paid');
  create domain app.amount as numeric check (value >= 0);
  create table app.customers (id uuid primary key default gen_random_uuid(), email text not null unique, name varchar(40), created_at timestamptz default now());
  create table app.orders (
    id bigint generated always as identity primary key, customer_id uuid not null references app.customers, total app.amount not null default 0,
    status app.status not null default 'open', note text, twice numeric generated always as (2) stored, updated_at timestamptz
  );
  create table app.lines (order_id bigint references app.orders, position int, title text, primary key (order_id, position));
  create table app.gone (id int primary key, label text);
  create function app.helper(a int, b text default '') returns int language sql as $f$ select a $f$;
`;

export const BROKEN: readonly Broken[] = [
  {
    name: 'insert_column',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: plpgsql('insert_column()', `begin insert into app.orders (customer_id, tokens) values (null, 1); end`),
  },
  {
    name: 'select_column',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: plpgsql('select_column()', `declare n text; begin select o.amount_due into n from app.orders o; end`),
  },
  {
    name: 'update_column',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: plpgsql('update_column(x int)', `begin update app.orders set price = x; end`),
  },
  {
    name: 'delete_table',
    sqlstate: '42P01',
    plpgsqlCheck: true,
    sql: plpgsql('delete_table()', `begin delete from app.invoices; end`),
  },
  {
    name: 'select_table',
    sqlstate: '42P01',
    plpgsqlCheck: true,
    sql: plpgsql('select_table()', `declare n int; begin n := (select count(*) from app.invoices); end`),
  },
  {
    name: 'missing_function',
    sqlstate: '42883',
    plpgsqlCheck: true,
    sql: plpgsql('missing_function()', `begin perform app.notify_customer(1); end`),
  },
  {
    name: 'arity',
    sqlstate: '42883',
    plpgsqlCheck: true,
    sql: plpgsql('arity()', `begin perform app.helper(1, 'a', 2); end`),
  },
  {
    name: 'argument_type',
    sqlstate: '42883',
    plpgsqlCheck: true,
    sql: plpgsql('argument_type(u uuid)', `begin perform app.helper(u); end`),
  },
  {
    name: 'named_argument',
    sqlstate: '42883',
    plpgsqlCheck: true,
    sql: plpgsql('named_argument()', `begin perform app.helper(a => 1, c => 'x'); end`),
  },
  {
    name: 'operator',
    sqlstate: '42883',
    plpgsqlCheck: true,
    sql: plpgsql('operator(x int)', `begin update app.orders set note = '' where customer_id = x; end`),
  },
  {
    name: 'enum_label',
    sqlstate: '22P02',
    plpgsqlCheck: true,
    sql: plpgsql('enum_label()', `begin update app.orders set status = 'shipped' where id = 1; end`),
  },
  {
    name: 'new_field',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: `${plpgsql('new_field()', `begin if new.quantity > 1 then return null; end if; return new; end`, 'returns trigger')}
      create trigger t before insert on app.orders for each row execute function app.new_field();`,
  },
  {
    name: 'new_assigned',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: `${plpgsql('new_assigned()', `begin new.modified_at := now(); return new; end`, 'returns trigger')}
      create trigger t2 before update on app.orders for each row execute function app.new_assigned();`,
  },
  {
    name: 'one_of_two',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: `${plpgsql('one_of_two()', `begin new.updated_at := now(); return new; end`, 'returns trigger')}
      create trigger t3 before update on app.orders for each row execute function app.one_of_two();
      create trigger t3 before update on app.lines for each row execute function app.one_of_two();`,
  },
  {
    name: 'return_type',
    sqlstate: '42804',
    plpgsqlCheck: true,
    sql: plpgsql(
      'return_type()',
      `begin return query select c.id, c.name from app.customers c; end`,
      'returns table (id uuid, label text)',
    ),
  },
  {
    name: 'return_count',
    sqlstate: '42804',
    plpgsqlCheck: true,
    sql: plpgsql('return_count()', `begin return query select o.* from app.orders o; end`, 'returns setof app.lines'),
  },
  {
    name: 'return_row',
    sqlstate: '42804',
    plpgsqlCheck: false,
    sql: plpgsql('return_row()', `begin return query select (1, 2, 'x')::app.lines; end`, 'returns setof app.lines'),
  },
  {
    name: 'sql_column',
    sqlstate: '42703',
    plpgsqlCheck: false,
    sql: `alter table app.gone add column extra int; create function app.sql_column() returns int language sql as $f$ select extra from app.gone $f$; alter table app.gone drop column extra;`,
  },
  {
    name: 'sql_table',
    sqlstate: '42P01',
    plpgsqlCheck: false,
    sql: `create table app.gone2 (id int); create function app.sql_table() returns bigint language sql as $f$ select count(*) from app.gone2 $f$; drop table app.gone2;`,
  },
  {
    name: 'sql_unqualified',
    sqlstate: '42P01',
    plpgsqlCheck: false,
    sql: `create table public.here (id int); create function app.sql_unqualified() returns bigint language sql as $f$ select count(*) from here $f$; alter function app.sql_unqualified() set search_path = '';`,
  },
  {
    name: 'ambiguous',
    sqlstate: '42702',
    plpgsqlCheck: true,
    sql: plpgsql(
      'ambiguous()',
      `declare n text; begin select id into n from app.orders o join app.customers c on c.id = o.customer_id; end`,
    ),
  },
  {
    name: 'too_many',
    sqlstate: '42601',
    plpgsqlCheck: true,
    sql: plpgsql('too_many()', `begin insert into app.lines (order_id) values (1, 2); end`),
  },
  {
    name: 'conflict',
    sqlstate: '42P10',
    plpgsqlCheck: true,
    sql: plpgsql(
      'conflict(x text)',
      `begin insert into app.customers (name, email) values (x, x) on conflict (name) do nothing; end`,
    ),
  },
  {
    name: 'generated',
    sqlstate: '428C9',
    plpgsqlCheck: true,
    sql: plpgsql('generated()', `begin update app.orders set twice = 4; end`),
  },
  {
    name: 'loop_record',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: plpgsql(
      'loop_record()',
      `declare r record; begin for r in select id, email from app.customers loop perform app.helper(length(r.mail)); end loop; end`,
    ),
  },
  {
    name: 'into_record',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: plpgsql(
      'into_record()',
      `declare r record; begin select id, total into r from app.orders limit 1; insert into app.lines values (r.order_id, 1); end`,
    ),
  },
  {
    name: 'row_field',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: plpgsql(
      'row_field()',
      `declare r app.orders%rowtype; begin select * into r from app.orders limit 1; raise notice '%', r.price; end`,
    ),
  },
  {
    name: 'empty_path',
    sqlstate: '42P01',
    plpgsqlCheck: true,
    sql: plpgsql('empty_path()', `begin update orders set note = ''; end`, `returns void set search_path = ''`),
  },
  {
    name: 'missing_schema',
    sqlstate: '3F000',
    plpgsqlCheck: true,
    sql: plpgsql('missing_schema()', `begin perform billing.charge(1); end`),
  },
  {
    name: 'missing_type',
    sqlstate: '42704',
    plpgsqlCheck: true,
    sql: plpgsql('missing_type(x text)', `begin perform x::app.color; end`),
  },
  {
    name: 'grouping',
    sqlstate: '42803',
    plpgsqlCheck: true,
    sql: plpgsql('grouping()', `declare n int; begin select customer_id, count(*) into n from app.orders; end`),
  },
  {
    name: 'condition',
    sqlstate: '42804',
    plpgsqlCheck: true,
    sql: plpgsql('condition()', `begin delete from app.orders where 1; end`),
  },
  {
    name: 'union_types',
    sqlstate: '42804',
    plpgsqlCheck: true,
    sql: plpgsql('union_types()', `begin perform id from app.orders union select id from app.customers; end`),
  },
  {
    name: 'call_missing',
    sqlstate: '42883',
    plpgsqlCheck: true,
    sql: plpgsql('call_missing()', `begin call app.rebuild(1); end`),
  },
  {
    name: 'cursor_column',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: plpgsql(
      'cursor_column()',
      `declare c cursor (z int) for select price from app.orders where id = z; begin open c(1); close c; end`,
    ),
  },
  {
    name: 'exists_table',
    sqlstate: '42P01',
    plpgsqlCheck: true,
    sql: plpgsql(
      'exists_table()',
      `begin if exists (select from app.blocked b where b.id = 1) then return; end if; end`,
    ),
  },
  {
    name: 'default_value',
    sqlstate: '42883',
    plpgsqlCheck: true,
    sql: plpgsql('default_value()', `declare n int := app.next_number(); begin null; end`),
  },
  {
    name: 'alias_missing',
    sqlstate: '42P01',
    plpgsqlCheck: true,
    sql: plpgsql(
      'alias_missing()',
      `begin update app.orders o set note = '' from app.customers c where k.id = o.customer_id; end`,
    ),
  },
  {
    name: 'on_ddl',
    sqlstate: '42P01',
    plpgsqlCheck: true,
    sql: plpgsql('on_ddl()', `begin insert into app.ddl_log values (tg_tag); end`, 'returns event_trigger'),
  },
  {
    name: 'after_rename',
    sqlstate: '42703',
    plpgsqlCheck: true,
    sql: `create table app.renamed (id int, old_name text); ${plpgsql('after_rename()', `begin update app.renamed set old_name = ''; end`)} alter table app.renamed rename column old_name to new_name;`,
  },
];
