import { type Node, nameParts, parsePlpgsql, parseStatements } from '../../../core/sql.ts';
import { quoteIdent, quoteLiteral } from '../../../core/text.ts';

/** A statement of a block. */
export interface BlockStatement {
  node: Node;
  /** Line of the block's body, from 1. */
  line: number;
}

type Json = Record<string, unknown>;
/** What variables hold where that can be told: a text, or the texts of an array. */
type Values = Map<string, string | readonly string[]>;

/** The text of a string constant, also behind a cast; null for anything else. */
export function stringValue(node: unknown): string | null {
  const tree = node as { A_Const?: { sval?: { sval?: string } }; TypeCast?: { arg?: unknown } } | undefined;
  if (tree?.TypeCast) return stringValue(tree.TypeCast.arg);
  return tree?.A_Const?.sval?.sval ?? null;
}

/**
 * The SQL statements of a DO block, by PL/pgSQL's own grammar, in their order: those that stand there and those that EXECUTE
 * is given as constants, joined texts or format(), with variables and loops over literal lists followed. What depends on the
 * database is left out. None when the block does not parse.
 */
export function statementsOfBlock(block: string): BlockStatement[] {
  if (block === '') return [];
  const tree = parsePlpgsql(block) as { plpgsql_funcs?: { PLpgSQL_function?: Json }[] } | null;
  const root = tree?.plpgsql_funcs?.[0]?.PLpgSQL_function;
  return root ? new Walker(root).statements() : [];
}

/** More repetitions of a loop than this are no list that somebody wrote down. */
const MAX_ROUNDS = 500;

class Walker {
  readonly #found: BlockStatement[] = [];
  readonly #names: (string | null)[];
  readonly #root: Json;

  constructor(root: Json) {
    this.#root = root;
    this.#names = ((root.datums ?? []) as Json[]).map((datum) => {
      const field = datum.PLpgSQL_recfield as { recparentno?: number; fieldname?: string } | undefined;
      if (field) return null;
      const named = Object.values(datum)[0] as { refname?: string } | undefined;
      return named?.refname ?? null;
    });
  }

  statements(): BlockStatement[] {
    const values: Values = new Map();
    for (const datum of (this.#root.datums ?? []) as Json[]) {
      const variable = datum.PLpgSQL_var as { refname?: string; default_val?: unknown } | undefined;
      if (variable?.refname) set(values, variable.refname, heldBy(expression(variable.default_val), values));
    }
    this.#visit(this.#root.action, values, 1);
    return this.#found;
  }

  #visit(node: unknown, values: Values, line: number): void {
    if (Array.isArray(node)) {
      for (const item of node) this.#visit(item, values, line);
      return;
    }
    if (node === null || typeof node !== 'object') return;
    for (const [key, value] of Object.entries(node as Json)) {
      if (value === null || typeof value !== 'object') continue;
      if (key.startsWith('PLpgSQL_stmt_'))
        this.#statement(key.slice('PLpgSQL_stmt_'.length), value as Json, values, line);
      else if (key !== 'PLpgSQL_expr' && key !== 'PLpgSQL_var') this.#visit(value, values, line);
    }
  }

  #statement(kind: string, node: Json, values: Values, outer: number): void {
    const line = typeof node.lineno === 'number' ? node.lineno : outer;
    if (kind === 'execsql') this.#add(textOf(node.sqlstmt), line);
    else if (kind === 'perform') this.#add(textOf(node.expr), line);
    else if (kind === 'dynexecute') {
      const text = heldBy(expression(node.query), values);
      if (typeof text === 'string') this.#add(text, line);
    } else if (kind === 'assign') {
      const name = this.#names[Number(node.varno ?? 0)];
      if (name) set(values, name, heldBy(assigned(textOf(node.expr)), values));
    } else if (kind === 'foreach_a') {
      const list = heldBy(expression(node.expr), values);
      this.#loop(this.#names[Number(node.varno ?? 0)] ?? null, Array.isArray(list) ? list : null, node, values, line);
    } else if (kind === 'fors')
      this.#loop(loopVariable(node.var), listedRows(textOf(node.query), values), node, values, line);
    else this.#visit(Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'query')), values, line);
  }

  #loop(name: string | null, list: readonly string[] | null, node: Json, values: Values, line: number): void {
    if (name === null || list === null || list.length > MAX_ROUNDS) {
      if (name !== null) values.delete(name);
      this.#visit(node.body, values, line);
      return;
    }
    for (const item of list) {
      values.set(name, item);
      this.#visit(node.body, values, line);
    }
  }

  #add(sql: string | null, line: number): void {
    for (const node of (sql === null ? null : parseStatements(sql)) ?? []) this.#found.push({ node, line });
  }
}

function set(values: Values, name: string, value: string | readonly string[] | null): void {
  if (value === null) values.delete(name);
  else values.set(name, value);
}

function textOf(holder: unknown): string | null {
  const query = (holder as { PLpgSQL_expr?: { query?: unknown } } | null | undefined)?.PLpgSQL_expr?.query;
  return typeof query === 'string' ? query : null;
}

function target(sql: string | null): unknown {
  const [node] = (sql === null ? null : parseStatements(sql)) ?? [];
  if (!node || !('SelectStmt' in node)) return null;
  const [first] = node.SelectStmt.targetList ?? [];
  return first && 'ResTarget' in first ? first.ResTarget.val : null;
}

/** The tree of an expression as PL/pgSQL holds it. */
function expression(holder: unknown): unknown {
  const text = textOf(holder);
  return text === null ? null : target(`select ${text}`);
}

/** `name := expression` → the expression's tree. */
function assigned(text: string | null): unknown {
  const at = text === null ? -1 : text.indexOf('=');
  return text === null || at === -1 ? null : target(`select ${text.slice(at + 1)}`);
}

function loopVariable(node: unknown): string | null {
  const { PLpgSQL_rec: record, PLpgSQL_row: row } = (node ?? {}) as {
    PLpgSQL_rec?: { refname?: string };
    PLpgSQL_row?: { fields?: { name?: string }[] };
  };
  return record?.refname ?? (row?.fields?.length === 1 ? (row.fields[0]?.name ?? null) : null);
}

/** The single column of `values ('a'), ('b')` or `select unnest(array['a', 'b'])`; null for what a table holds. */
function listedRows(sql: string | null, values: Values): readonly string[] | null {
  const [node] = (sql === null ? null : parseStatements(sql)) ?? [];
  if (!node || !('SelectStmt' in node)) return null;
  const { valuesLists, targetList, fromClause } = node.SelectStmt as Json;
  if (Array.isArray(valuesLists)) {
    const rows = valuesLists.map((row: { List?: { items?: unknown[] } }) =>
      row.List?.items?.length === 1 ? stringValue(row.List.items[0]) : null,
    );
    return rows.every((row) => row !== null) ? rows : null;
  }
  const from = (fromClause as unknown[] | undefined)?.[0] as { RangeFunction?: { functions?: unknown } } | undefined;
  const calls = from?.RangeFunction
    ? ((from.RangeFunction.functions as { List?: { items?: unknown[] } }[])[0]?.List?.items?.[0] ?? null)
    : ((targetList as { ResTarget?: { val?: unknown } }[] | undefined)?.[0]?.ResTarget?.val ?? null);
  const call = (calls as { FuncCall?: { funcname?: unknown; args?: unknown[] } } | null)?.FuncCall;
  if (nameParts(call?.funcname).at(-1) !== 'unnest' || (!from && (targetList as unknown[]).length !== 1)) return null;
  const list = heldBy(call?.args?.[0], values);
  return Array.isArray(list) ? list : null;
}

/** What an expression comes to; null when that cannot be told from the file. */
function heldBy(tree: unknown, values: Values): string | readonly string[] | null {
  if (tree === null || typeof tree !== 'object') return null;
  const [type = '', node] = Object.entries(tree)[0] as [string, Json];
  if (type === 'A_Const') return constant(node);
  if (type === 'TypeCast') return castValue(node, values);
  if (type === 'A_ArrayExpr') {
    const items = ((node.elements ?? []) as unknown[]).map((item) => heldBy(item, values));
    return items.every((item) => typeof item === 'string') ? items : null;
  }
  if (type === 'ColumnRef') {
    const parts = nameParts(node.fields);
    return parts.length <= 2 ? (values.get(parts[0] ?? '') ?? null) : null;
  }
  if (type === 'A_Expr' && nameParts(node.name).at(-1) === '||')
    return joined([node.lexpr, node.rexpr].map((side) => heldBy(side, values)));
  if (type === 'FuncCall') return callValue(node, values);
  return null;
}

function constant({ sval, ival }: Json): string | null {
  const text = (sval as { sval?: string } | undefined)?.sval;
  if (text !== undefined) return text;
  const number = ival as { ival?: number } | undefined;
  return number ? String(number.ival ?? 0) : null;
}

/** `'{a,b}'::text[]` is a list. */
function castValue(node: Json, values: Values): string | readonly string[] | null {
  const inner = heldBy(node.arg, values);
  const bounds = (node.typeName as { arrayBounds?: unknown } | undefined)?.arrayBounds;
  if (!Array.isArray(bounds) || typeof inner !== 'string') return inner;
  return /^\{[^{}"\\]*\}$/.test(inner)
    ? inner
        .slice(1, -1)
        .split(',')
        .map((item) => item.trim())
    : null;
}

function joined(parts: readonly (string | readonly string[] | null)[]): string | null {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : null;
}

function callValue(node: Json, values: Values): string | null {
  const args = ((node.args ?? []) as unknown[]).map((arg) => heldBy(arg, values));
  const [first, ...rest] = args;
  if (typeof first !== 'string') return null;
  switch (nameParts(node.funcname).at(-1)) {
    case 'format':
      return formatted(first, rest);
    case 'concat':
      return joined(args);
    case 'quote_ident':
      return quoteIdent(first);
    case 'quote_literal':
      return quoteLiteral(first);
    case 'lower':
      return first.toLowerCase();
    default:
      return null;
  }
}

/** format() with the placeholders that PostgreSQL knows. */
function formatted(text: string, args: readonly (string | readonly string[] | null)[]): string | null {
  let next = 0;
  let known = true;
  const result = text.replace(/%(?:(\d+)\$)?-?\d*([sIL%])/g, (_, position: string | undefined, kind: string) => {
    if (kind === '%') return '%';
    const at = position === undefined ? next : Number(position) - 1;
    next = at + 1;
    const value = args[at];
    if (typeof value !== 'string') {
      known = false;
      return '';
    }
    return kind === 'I' ? quoteIdent(value) : kind === 'L' ? quoteLiteral(value) : value;
  });
  return known ? result : null;
}
