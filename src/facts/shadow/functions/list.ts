import type pg from 'pg';
import { sha256 } from '../../../core/canonical.ts';
import { type PlpgsqlBody, readPlpgsql } from '../../../core/plpgsql.ts';
import { redact } from '../../../core/redact.ts';
import { PLATFORM_SCHEMAS } from '../../postgres/platform.ts';
import LIST from './list.sql';

/** A function of the project in SQL or PL/pgSQL, as the copy's catalogue has it. */
export interface ListedFunction {
  oid: string;
  schema: string;
  name: string;
  /** pg_get_function_identity_arguments. */
  arguments: string;
  language: 'sql' | 'plpgsql';
  /** pg_get_functiondef. */
  definition: string;
  source: string;
  /** An SQL-standard body, which PostgreSQL keeps analysed. */
  standard: boolean;
  /** The function's own setting, as stored; null when it has none. */
  searchPath: string | null;
  returnsSet: boolean;
  /** format_type: `trigger`, `void`, `record` … */
  returns: string;
  parameters: { name: string; type: string; oid: string; mode: string; pseudo: boolean }[];
  /** Of a result that is no record or pseudo-type. */
  resultColumns: { oid: string; typmod: number }[] | null;
  /** Tables it is a trigger of, with the names of transition tables. */
  tables: { schema: string; table: string; oid: string; oldTable: string | null; newTable: string | null }[];
  /** Null for SQL, and for what does not parse. */
  body: PlpgsqlBody | null;
}

/** A function as the facts name it. */
export function nameOf(fn: ListedFunction): { schema: string; name: string; arguments: string; body: string } {
  return { schema: fn.schema, name: fn.name, arguments: fn.arguments, body: sha256(redact(fn.source)) };
}

/** The search_path of whoever calls a function that sets none: role settings of hosted Supabase. */
const CALLERS_PATH = '"$user", public, extensions';

/** The search_path a function runs with, as set_config takes it. */
export function pathOf(fn: Pick<ListedFunction, 'searchPath'>): string {
  return fn.searchPath ?? CALLERS_PATH;
}

/** The project's functions, in a stable order. Needs the parser loaded. */
export async function listFunctions(client: pg.Client): Promise<ListedFunction[]> {
  // Types are printed with their schema then, as in the facts, and mean the same under any other path.
  await client.query(`select pg_catalog.set_config('search_path', '', true)`);
  const { rows } = await client.query<Omit<ListedFunction, 'body'>>(LIST, [PLATFORM_SCHEMAS]);
  const { rows: types } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, t.typname as name from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
     where t.typtype in ('e', 'd', 'b', 'r') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and t.typcategory <> 'A'`,
  );
  const scalars = new Set(types.flatMap(({ schema, name }) => [name.toLowerCase(), `${schema}.${name}`.toLowerCase()]));
  return rows.map((row) => ({
    ...row,
    body: row.language === 'plpgsql' ? readPlpgsql(row.definition, scalars) : null,
  }));
}
