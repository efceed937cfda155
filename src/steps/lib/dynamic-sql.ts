import type { FunctionFact } from '../../core/facts.ts';
import { nameParts, walk } from '../../core/sql.ts';
import { functionTree, plpgsqlExpression, readCall } from './sql-tree.ts';

/** Types whose values can carry SQL; numbers, uuids, dates and regclass cannot. */
const TEXT_TYPES = new Set([
  'text',
  'varchar',
  'bpchar',
  'char',
  'name',
  'citext',
  'json',
  'jsonb',
  'xml',
  'anyelement',
  'character varying',
  '_text',
  '_varchar',
]);
const QUOTING = new Set(['quote_ident', 'quote_literal', 'quote_nullable']);
const SAFE_CASTS = new Set([
  'regclass',
  'regproc',
  'regprocedure',
  'regtype',
  'regrole',
  'int2',
  'int4',
  'int8',
  'numeric',
  'float4',
  'float8',
  'uuid',
  'bool',
  'date',
  'timestamp',
  'timestamptz',
]);

/** Which arguments of format() go in unquoted (`%s`); null when the format itself is not constant. */
function unquotedArguments(format: unknown): number[] | null {
  const text = (format as { A_Const?: { sval?: { sval?: string } } } | undefined)?.A_Const?.sval?.sval;
  if (text === undefined) return null;
  const found: number[] = [];
  let next = 1;
  for (const match of text.matchAll(/%(?:(\d+)\$)?-?\d*([sIL%])/g)) {
    if (match[2] === '%') continue;
    const position = match[1] === undefined ? next : Number(match[1]);
    next = position + 1;
    if (match[2] === 's') found.push(position);
  }
  return found;
}

/** Names among `tainted` that reach the text of an expression without being quoted. */
function unquoted(tree: unknown, tainted: ReadonlySet<string>): string[] {
  const found: string[] = [];
  walk(tree, (type, node) => {
    if (type === 'SubLink') return false;
    if (type === 'TypeCast') {
      const target = nameParts((node.typeName as { names?: unknown } | undefined)?.names).at(-1) ?? '';
      return !SAFE_CASTS.has(target);
    }
    if (type === 'A_Expr') return nameParts(node.name).at(-1) === '||';
    if (type === 'FuncCall') {
      const call = readCall({ FuncCall: node });
      if (!call || QUOTING.has(call.name)) return false;
      if (call.name !== 'format') return undefined;
      const open = unquotedArguments(call.args[0]);
      const args = open === null ? call.args : open.flatMap((at) => call.args[at] ?? []);
      for (const arg of args) found.push(...unquoted(arg, tainted));
      return false;
    }
    if (type === 'ColumnRef') {
      const parts = nameParts(node.fields);
      const name = parts.length === 1 ? parts[0] : undefined;
      if (name !== undefined && tainted.has(name)) found.push(name);
    }
    return undefined;
  });
  return found;
}

interface Assignment {
  variable: string;
  expression: unknown;
}

/** Text variables of a PL/pgSQL tree, and what is assigned to each. */
function assignments(plpgsql: unknown): Assignment[] {
  const found: Assignment[] = [];
  walk(plpgsql, (type, node) => {
    if (type === 'PLpgSQL_var') {
      const initial = (node.default_val as { PLpgSQL_expr?: { query?: string } } | undefined)?.PLpgSQL_expr?.query;
      const kind = (node.datatype as { PLpgSQL_type?: { typname?: string } } | undefined)?.PLpgSQL_type?.typname ?? '';
      if (initial !== undefined && TEXT_TYPES.has(kind.replace('pg_catalog.', ''))) {
        found.push({ variable: String(node.refname), expression: plpgsqlExpression(initial, 2) });
      }
    }
    if (type === 'PLpgSQL_stmt_assign') {
      const query = (node.expr as { PLpgSQL_expr?: { query?: string } } | undefined)?.PLpgSQL_expr?.query ?? '';
      const variable = /^\s*"?([A-Za-z_][\w$]*)"?\s*:?=/.exec(query)?.[1];
      if (variable !== undefined)
        found.push({ variable: variable.toLowerCase(), expression: plpgsqlExpression(query, 3) });
    }
    return undefined;
  });
  return found;
}

/**
 * Names of a function's text parameters, and of the variables that take their values over, each with the parameter it comes
 * from. `mentions` says which of some names an expression passes on.
 */
export function parameterFlow(
  fn: FunctionFact,
  mentions: (expression: unknown, names: ReadonlySet<string>) => string[],
): Map<string, string> {
  const { parameters, plpgsql } = functionTree(fn);
  const origin = new Map<string, string>();
  parameters.forEach((parameter, at) => {
    if (!TEXT_TYPES.has(parameter.type)) return;
    const name = parameter.name ?? `$${at + 1}`;
    origin.set(name, name);
  });
  const assigned = origin.size > 0 && plpgsql ? assignments(plpgsql) : [];
  for (let grew = true; grew; ) {
    grew = false;
    for (const { variable, expression } of assigned) {
      const from = origin.has(variable) ? undefined : mentions(expression, new Set(origin.keys()))[0];
      if (from === undefined) continue;
      origin.set(variable, origin.get(from) ?? from);
      grew = true;
    }
  }
  return origin;
}

/**
 * Parameters that reach an EXECUTE of a PL/pgSQL function as SQL text without quote_ident, quote_literal or format's %I
 * and %L, followed through assignments. Empty when there are none or the function is of another language.
 */
export function injectableParameters(fn: FunctionFact): string[] {
  const { plpgsql } = functionTree(fn);
  if (!plpgsql) return [];
  const origin = parameterFlow(fn, unquoted);
  if (origin.size === 0) return [];
  const names = new Set(origin.keys());
  const found = new Set<string>();
  walk(plpgsql, (type, node) => {
    if (
      type !== 'PLpgSQL_stmt_dynexecute' &&
      type !== 'PLpgSQL_stmt_dynfors' &&
      type !== 'PLpgSQL_stmt_return_query' &&
      type !== 'PLpgSQL_stmt_open'
    )
      return undefined;
    const text = (node.dynquery ?? (type === 'PLpgSQL_stmt_return_query' ? undefined : node.query)) as
      | { PLpgSQL_expr?: { query?: string } }
      | undefined;
    const query = text?.PLpgSQL_expr?.query;
    if (query !== undefined)
      for (const name of unquoted(plpgsqlExpression(query, 2), names)) found.add(origin.get(name) ?? name);
    return undefined;
  });
  return [...found].sort();
}
