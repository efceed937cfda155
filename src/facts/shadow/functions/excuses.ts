import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { parseExpression, parseStatements, scanSql, walk } from '../../../core/sql.ts';
import type { ReplayResult } from '../replay.ts';
import { SHIM_VERSION } from '../shims.ts';
import type { ListedFunction } from './list.ts';

/** What an excuse has to know of a function. */
export type CheckedFunction = Pick<ListedFunction, 'language' | 'source' | 'standard' | 'body'> & {
  tables: readonly { oldTable: string | null; newTable: string | null }[];
};

/** What PostgreSQL says of a function, before it is believed. */
export interface Complaint {
  sqlstate: string;
  message: string;
}

/** Why a complaint proves nothing, in words; null when it does. */
export type Excuse = (fn: CheckedFunction, complaint: Complaint) => string | null;

/** Names between quotation marks in a message of PostgreSQL's, each part of a dotted name by itself. */
export function namesIn(message: string): string[] {
  const quoted = [...message.matchAll(/"((?:[^"]|"")+)"/g)].flatMap((match) => (match[1] ?? '').split('.'));
  const bare =
    /^(?:column|function|procedure|operator does not exist:|operator) ([\w$.]+)/.exec(message)?.[1]?.split('.') ?? [];
  return [...quoted, ...bare].map((name) => name.toLowerCase());
}

/** Tables that statements of a tree make: CREATE TABLE, CREATE TABLE AS, SELECT INTO. */
function tablesMadeIn(tree: unknown, made: Set<string>): void {
  walk(tree, (type, node) => {
    const into = (node.into ?? node.intoClause) as { rel?: { relname?: string } } | undefined;
    const relation = type === 'CreateStmt' ? (node.relation as { relname?: string } | undefined) : into?.rel;
    if (relation?.relname) made.add(relation.relname.toLowerCase());
    return undefined;
  });
}

/** The constant texts that a statement is put together from. */
function constantsIn(expression: string): string[] {
  const found: string[] = [];
  walk(parseExpression(expression), (type, node) => {
    const constant = type === 'A_Const' ? (node.sval as { sval?: string } | undefined) : undefined;
    if (constant?.sval) found.push(constant.sval);
    return undefined;
  });
  return found;
}

/** Tables that functions make for themselves when they run, in any of them: a helper may fill what its caller made. */
export function tablesMade(functions: readonly CheckedFunction[]): Set<string> {
  const made = new Set<string>();
  for (const { language, source, body, standard } of functions) {
    if (language === 'sql' && !standard) tablesMadeIn(parseStatements(source), made);
    for (const { sql, kind } of body?.texts ?? []) if (kind === 'statement') tablesMadeIn(parseStatements(sql), made);
    for (const text of body?.dynamic ?? []) {
      for (const constant of constantsIn(text)) {
        // Parts of a statement seldom parse; what is whole does, and format()'s %I is a name as good as any.
        tablesMadeIn(parseStatements(constant.replace(/%\d*\$?[IsL]/g, 'x')) ?? [], made);
      }
    }
  }
  return made;
}

/** Identifiers in the files that did not replay: what they would have made is missing here and not in the project. */
function identifiersIn(root: string, { failures }: ReplayResult): Set<string> {
  const names = new Set<string>();
  for (const { path } of failures) {
    let text: string;
    try {
      text = readFileSync(join(root, path), 'utf8');
    } catch {
      continue;
    }
    for (const { start, end, kind } of scanSql(text) ?? []) {
      if (kind === 'comment' || kind === 'number') continue;
      names.add(text.slice(start, end).replace(/^"|"$/g, '').toLowerCase());
    }
    // A file that does not even scan is taken word by word.
    if (names.size === 0) for (const word of text.match(/[\w$]+/g) ?? []) names.add(word.toLowerCase());
  }
  return names;
}

interface Shimmed {
  extensions: readonly string[];
  /** Names of their schemas (of their own), types and functions. */
  names: ReadonlySet<string>;
}

/** What an excuse rests on. */
export interface Known {
  /** Tables that functions make. */
  made: ReadonlySet<string>;
  /** Identifiers of migrations that failed. */
  failed: ReadonlySet<string>;
  shim: Shimmed;
}

/** Where everything is real and nothing failed: a live database. */
export function knownLive(functions: readonly CheckedFunction[]): Known {
  return { made: tablesMade(functions), failed: new Set(), shim: { extensions: [], names: new Set() } };
}

async function shimmed(client: pg.Client): Promise<Shimmed> {
  const { rows } = await client.query<{ extension: string; name: string }>(
    `select e.extname as extension, coalesce(p.proname, t.typname, n.nspname) as name
     from pg_catalog.pg_extension e
     join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
     left join pg_catalog.pg_proc p on d.classid = 'pg_catalog.pg_proc'::regclass and p.oid = d.objid
     left join pg_catalog.pg_type t on d.classid = 'pg_catalog.pg_type'::regclass and t.oid = d.objid
     left join pg_catalog.pg_namespace n on d.classid = 'pg_catalog.pg_namespace'::regclass and n.oid = d.objid
     where e.extversion = $1 and coalesce(p.proname, t.typname, n.nspname) is not null`,
    [SHIM_VERSION],
  );
  return {
    extensions: [...new Set(rows.map(({ extension }) => extension))].sort(),
    names: new Set(rows.map(({ name }) => name.toLowerCase())),
  };
}

const MISSING = new Set(['42P01', '42703', '42883', '42704', '3F000', '42725', '42P02']);

/** The names of types in `f(uuid, vector)` or `vector <=> vector`. */
function typesIn(message: string): string[] {
  return (message.match(/[\w$]+/g) ?? []).map((word) => word.toLowerCase());
}

/**
 * Judges complaints by what is known to raise false ones: tables that functions make when they run, transition tables,
 * text put together at run time, extensions that are only stood in for, migrations that failed, one trigger function for
 * many tables.
 */
export async function excuses(
  client: pg.Client,
  functions: readonly ListedFunction[],
  replay: ReplayResult,
  root: string,
): Promise<Excuse> {
  return excuseWith({
    made: tablesMade(functions),
    failed: identifiersIn(root, replay),
    shim: await shimmed(client),
  });
}

export function excuseWith({ made, failed, shim }: Known): Excuse {
  return (fn, complaint) => {
    const { sqlstate, message } = complaint;
    const names = namesIn(message);
    const transition = fn.tables.flatMap(({ oldTable, newTable }) => [oldTable, newTable]);
    if (sqlstate === '42P01') {
      if (names.some((name) => made.has(name))) return 'it uses a table that is made when it runs';
      if (names.some((name) => transition.includes(name))) return 'it uses a transition table';
      if ((fn.body?.dynamic.length ?? 0) > 0 && !message.includes('.'))
        return 'it may make the table by a statement put together when it runs';
    }
    if (MISSING.has(sqlstate) && names.some((name) => failed.has(name)))
      return 'what it names would be made by a migration that failed in the replay';
    if (MISSING.has(sqlstate) && shim.extensions.length > 0) {
      const mentioned = [...names, ...typesIn(message)];
      if (mentioned.some((name) => shim.names.has(name)))
        return `it uses an extension that is only stood in for here (${shim.extensions.join(', ')})`;
      // PostGIS alone has eight hundred functions of which the stand-in has the usual ones.
      if (
        sqlstate === '42883' &&
        !/^function [\w$]+\.[\w$]+\(/.test(message) &&
        /^function (st_|postgis_|http|crypto_|pgp_)/i.test(message)
      )
        return `it calls what an extension may bring that is only stood in for here (${shim.extensions.join(', ')})`;
    }
    if (fn.tables.length > 1 && sqlstate === '42703' && /record "(new|old)"/.test(message) && usesTableName(fn))
      return 'the trigger function serves several tables and asks which one it is called for';
    return null;
  };
}

function usesTableName(fn: CheckedFunction): boolean {
  return (fn.body?.texts ?? []).some(({ sql }) =>
    (scanSql(sql) ?? []).some(({ start, end }) =>
      /^"?(tg_table_name|tg_relname|tg_relid|tg_argv|tg_table_schema|tg_name)"?$/i.test(sql.slice(start, end)),
    ),
  );
}
