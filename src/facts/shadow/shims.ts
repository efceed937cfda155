import http from './shims/http.sql';
import pgCron from './shims/pg_cron.sql';
import pgGraphql from './shims/pg_graphql.sql';
import pgNet from './shims/pg_net.sql';
import pgjwt from './shims/pgjwt.sql';
import pgmq from './shims/pgmq.sql';
import pgsodium from './shims/pgsodium.sql';
import postgis from './shims/postgis.sql';
import small from './shims/small.sql';
import supabaseVault from './shims/supabase_vault.sql';
import vector from './shims/vector.sql';
import wrappers from './shims/wrappers.sql';

/** `extversion` of every shim: how a database, and whoever reads its catalogue, tells a stand-in from the extension. */
export const SHIM_VERSION = 'shim';

/** A stand-in for an extension of hosted Supabase that PostgreSQL itself does not ship: its types and signatures. */
export interface Shim {
  name: string;
  /** Extension script; runs as the superuser with the extension's schema first in search_path. */
  sql: string;
  /** The extension's only schema; CREATE EXTENSION makes it when missing. */
  schema?: string;
  /** Where the extension lands when the statement names no schema. */
  home?: string;
  relocatable?: boolean;
  requires?: readonly string[];
}

/** `small.sql` holds the short ones, each after a line `-- extension NAME [in SCHEMA]`. */
function sections(text: string): Shim[] {
  return text
    .split(/^-- extension /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      const [name = '', schema] = part.slice(0, end).trim().split(' in ');
      const sql = part.slice(end + 1);
      return schema === undefined ? { name, sql, relocatable: true } : { name, sql, schema };
    });
}

/**
 * A type whose values are text on disk and on the wire. `arguments` is an SQL expression over $1, the type modifiers as
 * written (cstring[]), giving the integer that is stored.
 */
function textType(name: string, modifier: string): string {
  return `
create type ${name};
create function ${name}_in(cstring) returns ${name} language internal immutable strict parallel safe as 'textin';
create function ${name}_out(${name}) returns cstring language internal immutable strict parallel safe as 'textout';
create function ${name}_recv(internal) returns ${name} language internal immutable strict parallel safe as 'textrecv';
create function ${name}_send(${name}) returns bytea language internal immutable strict parallel safe as 'textsend';
create function ${name}_typmod_in(cstring[]) returns integer language sql immutable strict parallel safe as $shim$ select ${modifier} $shim$;
create type ${name} (
  input = ${name}_in, output = ${name}_out, receive = ${name}_recv, send = ${name}_send, typmod_in = ${name}_typmod_in,
  internallength = variable, storage = extended
);
create function ${name}_cmp(${name}, ${name}) returns integer language internal immutable strict parallel safe as 'byteacmp';
${[
  ['eq', '=', 'ne'],
  ['ne', '<>', 'eq'],
  ['lt', '<', 'ge'],
  ['le', '<=', 'gt'],
  ['gt', '>', 'le'],
  ['ge', '>=', 'lt'],
]
  .map(
    ([suffix]) =>
      `create function ${name}_${suffix}(${name}, ${name}) returns boolean language internal immutable strict parallel safe as 'bytea${suffix}';`,
  )
  .join('\n')}
create operator = (leftarg = ${name}, rightarg = ${name}, function = ${name}_eq, commutator = =, restrict = eqsel, join = eqjoinsel);
create operator <> (leftarg = ${name}, rightarg = ${name}, function = ${name}_ne, commutator = <>, negator = =, restrict = neqsel, join = neqjoinsel);
create operator < (leftarg = ${name}, rightarg = ${name}, function = ${name}_lt, restrict = scalarltsel, join = scalarltjoinsel);
create operator <= (leftarg = ${name}, rightarg = ${name}, function = ${name}_le, restrict = scalarlesel, join = scalarlejoinsel);
create operator > (leftarg = ${name}, rightarg = ${name}, function = ${name}_gt, restrict = scalargtsel, join = scalargtjoinsel);
create operator >= (leftarg = ${name}, rightarg = ${name}, function = ${name}_ge, restrict = scalargesel, join = scalargejoinsel);
create operator class ${name}_ops default for type ${name} using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 ${name}_cmp(${name}, ${name});
`;
}

const dimension = `coalesce(nullif(regexp_replace(textin(($1)[1]), '\\D', '', 'g'), '')::integer, -1)`;
/** A geometry's kind and reference system are not kept apart: any number stands for them. */
const anything = '1';

/** Every shim, by name of the extension. */
export const SHIMS: readonly Shim[] = [
  { name: 'pg_cron', sql: pgCron, home: 'pg_catalog' },
  { name: 'pg_net', sql: pgNet, home: 'extensions' },
  { name: 'supabase_vault', sql: supabaseVault, schema: 'vault' },
  { name: 'pgmq', sql: pgmq, schema: 'pgmq' },
  { name: 'pg_graphql', sql: pgGraphql, schema: 'graphql' },
  { name: 'pgjwt', sql: pgjwt, relocatable: true },
  { name: 'pgsodium', sql: pgsodium, schema: 'pgsodium' },
  { name: 'http', sql: http, relocatable: true },
  {
    name: 'vector',
    sql: ['vector', 'halfvec', 'sparsevec'].map((name) => textType(name, dimension)).join('') + vector,
    relocatable: true,
  },
  {
    name: 'postgis',
    sql: ['geometry', 'geography', 'box2d', 'box3d'].map((name) => textType(name, anything)).join('') + postgis,
    relocatable: true,
  },
  { name: 'wrappers', sql: wrappers, relocatable: true },
  ...sections(small),
];
