import { parseStatements, scanSql } from '../../../core/sql.ts';

/*
 * Whether two texts of PostgreSQL's own making say the same. The same object is written differently by different major
 * versions (PostgreSQL 16 leaves out a qualifier that a query over one relation does not need), so texts that differ are
 * compared as trees.
 */

type Tree = Record<string, unknown>;

/** Keys that hold a place in the text. */
function isPlace(key: string): boolean {
  return key === 'location' || key.endsWith('_location') || key === 'stmt_len' || key.startsWith('rexpr_list_');
}

/** The name by which a query calls its only relation; null when it has none or several. */
function onlyRelation(select: Tree): string | null {
  const from = select.fromClause;
  if (!Array.isArray(from) || from.length !== 1) return null;
  const [item] = from as Tree[];
  const inner = (item?.RangeVar ?? item?.RangeSubselect ?? item?.RangeFunction) as Tree | undefined;
  if (!inner) return null;
  const alias = (inner.alias as Tree | undefined)?.aliasname;
  return (typeof alias === 'string' ? alias : (inner.relname as string | undefined)) ?? null;
}

/** A query whose only relation goes without the alias that its columns do not need either. */
function withoutOnlyAlias(select: Tree): Tree {
  const [item] = Array.isArray(select.fromClause) ? (select.fromClause as Tree[]) : [];
  const relation = item?.RangeVar as Tree | undefined;
  if (onlyRelation(select) === null || relation?.alias === undefined) return select;
  const { alias: _, ...rest } = relation;
  return { ...select, fromClause: [{ RangeVar: rest }] };
}

function stringOf(node: unknown): string | null {
  const value = (node as { String?: { sval?: string } } | null)?.String?.sval;
  return value ?? null;
}

/** A column reference without the qualifier that its own query does not need. */
function unqualified(reference: Tree, only: string | null): Tree {
  const fields = reference.fields;
  if (!Array.isArray(fields) || fields.length !== 2 || only === null || stringOf(fields[0]) !== only) return reference;
  return { ...reference, fields: fields.slice(1) };
}

/** A target's name that its column has anyway. */
function withoutOwnName(target: Tree): Tree {
  const fields = (target.val as { ColumnRef?: Tree } | undefined)?.ColumnRef?.fields;
  if (!Array.isArray(fields) || stringOf(fields.at(-1)) !== target.name) return target;
  const { name: _, ...rest } = target;
  return rest;
}

function normalized(value: unknown, only: string | null, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => normalized(item, only, names));
  if (value === null || typeof value !== 'object') return value;
  const result: Tree = {};
  for (const [key, child] of Object.entries(value as Tree)) {
    if (isPlace(key)) continue;
    if (key === 'SelectStmt') {
      const select = child as Tree;
      result[key] = normalized(withoutOnlyAlias(select), onlyRelation(select), names);
    } else if (key === 'ColumnRef') result[key] = normalized(unqualified(child as Tree, only), only, names);
    else if (key === 'ResTarget') result[key] = normalized(withoutOwnName(child as Tree), only, names);
    else result[key] = normalized(child, only, names);
  }
  return result;
}

/** How a piece of a definition becomes a statement that the parser takes. */
const AROUND = {
  statement: (text: string) => text,
  expression: (text: string) => `select (${text}\n)`,
  constraint: (text: string) => `alter table t add constraint c ${text}`,
  domainCheck: (text: string) => `alter domain d add constraint c ${text}`,
  bound: (text: string) => `create table p partition of t ${text}`,
  partitionKey: (text: string) => `create table t () partition by ${text}`,
  sqlBody: (text: string) => `create function f() returns void language sql ${text}`,
  parameters: (text: string) => `create function f(${text}) returns void language sql as ''`,
  type: (text: string) => `select null::${text}`,
} as const;
export type Piece = keyof typeof AROUND;

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** A text's tree as one string, without places; the text itself where it does not parse. */
function treeText(piece: Piece, text: string, names: ReadonlyMap<string, string>): string {
  const nodes = parseStatements(AROUND[piece](text));
  return nodes === null ? text : JSON.stringify(normalized(nodes, null, names));
}

/**
 * True when both texts say the same. `names` are other names that the objects of the first have in the second, so that a
 * renamed table is not told again by everything that speaks of it.
 */
export function sameSql(piece: Piece, a: string, b: string, names = NO_NAMES): boolean {
  if (a === b) return true;
  return treeText(piece, a, names) === treeText(piece, b, NO_NAMES);
}

/** Words of a body, without spacing; and without comments where `comments` is false. */
function tokens(text: string, comments: boolean): string | null {
  const scanned = scanSql(text);
  if (scanned === null) return null;
  return scanned
    .filter(({ kind }) => comments || kind !== 'comment')
    .map(({ start, end }) => text.slice(start, end).replace(/\s+$/, '').replaceAll('\r\n', '\n'))
    .join('\u0000');
}

/** How far two bodies are the same: in all but spacing, in all but comments, or not. */
export function bodyDifference(a: string, b: string): 'none' | 'comments' | 'code' {
  if (a === b || a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim()) return 'none';
  const [left, right] = [tokens(a, true), tokens(b, true)];
  if (left === null || right === null) return 'code';
  if (left === right) return 'none';
  return tokens(a, false) === tokens(b, false) ? 'comments' : 'code';
}
