import { nameParts, parseExpression, walk } from '../../../core/sql.ts';
import type { AccessPolicy } from './catalogue.ts';

/* What a table's policies compare: the sources of whose a row is that no name and no key tells. */

/** A column of the table itself compared with a claim of the caller's JWT. */
export interface ClaimComparison {
  column: string;
  /** Path into the claims: `['sub']`, `['app_metadata', 'org_id']`. */
  claim: readonly string[];
  /** The claim is one of the column's elements. */
  element: boolean;
}

/** A column of the table itself compared with a column of another one that the policy asks. */
export interface TableComparison {
  column: string;
  schema: string;
  table: string;
  other: string;
}

/** A column of a table that a policy asks, compared with a claim. */
export interface AskedComparison {
  schema: string;
  table: string;
  column: string;
  claim: readonly string[];
}

export interface PolicyReading {
  claims: ClaimComparison[];
  tables: TableComparison[];
  asked: AskedComparison[];
  /** Folder of an object's name, from 1, compared with a claim or with something a query brings (null). */
  folders: { at: number; claim: readonly string[] | null }[];
  /** Constants that a column is compared with. */
  constants: { column: string; value: string }[];
  /** Text constants anywhere: claims the policies ask for by name. */
  texts: ReadonlySet<string>;
}

type Tree = Record<string, unknown>;
interface Source {
  schema: string;
  table: string;
}
/** Relations in reach of an expression by alias; empty outside of queries. */
type Sources = ReadonlyMap<string, Source>;

function only(node: unknown): [string, Tree] | null {
  if (node === null || typeof node !== 'object') return null;
  const [entry] = Object.entries(node);
  return entry && typeof entry[1] === 'object' && entry[1] !== null ? [entry[0], entry[1] as Tree] : null;
}

function textOf(node: unknown): string | null {
  const [type, body] = only(node) ?? ['', {}];
  if (type === 'TypeCast') return textOf(body.arg);
  if (type !== 'A_Const') return null;
  if (body.sval) return (body.sval as { sval?: string }).sval ?? '';
  return body.ival ? String((body.ival as { ival?: number }).ival ?? 0) : null;
}

/** The value of a query without FROM: `(select auth.uid())`. */
function scalar(body: Tree): unknown {
  const select = (body.subselect as { SelectStmt?: Tree } | undefined)?.SelectStmt;
  if (!select || select.fromClause) return null;
  const target = (select.targetList as { ResTarget?: { val?: unknown } }[] | undefined)?.[0];
  return target?.ResTarget?.val ?? null;
}

const PLAIN_FUNCTIONS = new Set(['lower', 'upper', 'btrim']);

/** The path of the claim an expression stands for; null for anything else. */
function claimOf(node: unknown): string[] | null {
  const [type, body] = only(node) ?? ['', {}];
  if (type === 'TypeCast') return claimOf(body.arg);
  if (type === 'SubLink') return claimOf(scalar(body));
  if (type === 'CoalesceExpr') return claimOf((body.args as unknown[] | undefined)?.[0]);
  if (type === 'FuncCall') {
    const parts = nameParts(body.funcname);
    const [arg] = (body.args as unknown[] | undefined) ?? [];
    const name = parts.at(-1) ?? '';
    if (parts.at(-2) === 'auth') {
      if (name === 'uid') return ['sub'];
      if (name === 'jwt') return [];
      return name === 'email' || name === 'role' ? [name] : null;
    }
    if (name === 'current_setting') {
      const setting = textOf(arg) ?? '';
      if (setting === 'request.jwt.claims') return [];
      return setting.startsWith('request.jwt.claim.') ? [setting.slice('request.jwt.claim.'.length)] : null;
    }
    return PLAIN_FUNCTIONS.has(name) ? claimOf(arg) : null;
  }
  if (type !== 'A_Expr') return null;
  if (body.kind === 'AEXPR_NULLIF') return claimOf(body.lexpr);
  const operator = nameParts(body.name).at(-1);
  const path = claimOf(body.lexpr);
  const key = textOf(body.rexpr);
  if (path === null || key === null) return null;
  if (operator === '->' || operator === '->>') return [...path, key];
  if (operator === '#>' || operator === '#>>') return [...path, ...key.replace(/^\{|\}$/g, '').split(',')];
  return null;
}

/** The column an expression stands for, as its dotted parts. */
function columnOf(node: unknown): string[] | null {
  const [type, body] = only(node) ?? ['', {}];
  if (type === 'TypeCast') return columnOf(body.arg);
  if (type === 'FuncCall' && PLAIN_FUNCTIONS.has(nameParts(body.funcname).at(-1) ?? ''))
    return columnOf((body.args as unknown[] | undefined)?.[0]);
  return type === 'ColumnRef' ? nameParts(body.fields) : null;
}

/** `(storage.foldername(name))[2]`, `path_tokens[2]`, `split_part(name, '/', 2)` → 2 */
function folderOf(node: unknown): number | null {
  const [type, body] = only(node) ?? ['', {}];
  if (type === 'TypeCast') return folderOf(body.arg);
  if (type === 'FuncCall' && nameParts(body.funcname).at(-1) === 'split_part') {
    const [column, , at] = (body.args as unknown[] | undefined) ?? [];
    return columnOf(column)?.at(-1) === 'name' ? Number(textOf(at)) : null;
  }
  if (type !== 'A_Indirection') return null;
  const of = only(body.arg);
  const isPath =
    (of?.[0] === 'FuncCall' && nameParts(of[1].funcname).at(-1) === 'foldername') ||
    columnOf(body.arg)?.at(-1) === 'path_tokens';
  const index = (body.indirection as { A_Indices?: { uidx?: unknown } }[] | undefined)?.[0]?.A_Indices?.uidx;
  return isPath ? Number(textOf(index)) : null;
}

function sourcesOf(from: unknown): Map<string, Source> {
  const found = new Map<string, Source>();
  walk(from, (type, node) => {
    if (type !== 'RangeVar') return type === 'SubLink' ? false : undefined;
    const table = String(node.relname ?? '');
    const alias = (node.alias as { aliasname?: string } | undefined)?.aliasname ?? table;
    found.set(alias, { schema: typeof node.schemaname === 'string' ? node.schemaname : 'public', table });
    return undefined;
  });
  return found;
}

class Reader {
  readonly reading: PolicyReading = { claims: [], tables: [], asked: [], folders: [], constants: [], texts: new Set() };
  readonly #table: string;

  constructor(table: string) {
    this.#table = table;
  }

  read(tree: unknown, sources: Sources = new Map()): void {
    walk(tree, (type, node) => {
      if (type === 'SubLink') {
        this.#query(node, sources);
        return false;
      }
      if (type === 'A_Expr') this.#compare(node, sources);
      if (type === 'A_Const' && node.sval)
        (this.reading.texts as Set<string>).add((node.sval as { sval?: string }).sval ?? '');
      return undefined;
    });
  }

  #query(link: Tree, outer: Sources): void {
    const select = (link.subselect as { SelectStmt?: Tree } | undefined)?.SelectStmt;
    if (!select) return;
    const sources = new Map([...outer, ...sourcesOf(select.fromClause)]);
    const target = (select.targetList as { ResTarget?: { val?: unknown } }[] | undefined)?.[0]?.ResTarget?.val;
    if (link.testexpr && target) this.#pair(link.testexpr, target, new Map(), sources);
    this.read(link.testexpr, outer);
    this.read([select.targetList, select.whereClause, select.fromClause], sources);
  }

  #compare(node: Tree, sources: Sources): void {
    if (nameParts(node.name).at(-1) !== '=') return;
    const { kind, lexpr, rexpr } = node;
    if (kind === 'AEXPR_OP_ANY') {
      const claim = claimOf(lexpr);
      const column = this.#own(columnOf(rexpr), sources);
      if (claim && column) this.reading.claims.push({ column, claim, element: true });
      return;
    }
    if (kind === 'AEXPR_IN') {
      const items = (rexpr as { List?: { items?: unknown[] } } | undefined)?.List?.items ?? [];
      for (const item of items) this.#pair(lexpr, item, sources, sources);
      return;
    }
    const [type, body] = only(rexpr) ?? ['', {}];
    const query = type === 'SubLink' ? (body.subselect as { SelectStmt?: Tree } | undefined)?.SelectStmt : undefined;
    if (query?.fromClause) {
      const target = (query.targetList as { ResTarget?: { val?: unknown } }[] | undefined)?.[0]?.ResTarget?.val;
      this.#pair(lexpr, target, sources, new Map([...sources, ...sourcesOf(query.fromClause)]));
      return;
    }
    this.#pair(lexpr, rexpr, sources, sources);
  }

  /** Both sides of an equality, each with the relations in its reach. */
  #pair(left: unknown, right: unknown, leftSources: Sources, rightSources: Sources): void {
    this.#half(left, right, leftSources, rightSources);
    this.#half(right, left, rightSources, leftSources);
  }

  #half(node: unknown, against: unknown, sources: Sources, otherSources: Sources): void {
    const claim = claimOf(against);
    const folder = folderOf(node);
    if (folder) {
      this.reading.folders.push({ at: folder, claim });
      return;
    }
    const parts = columnOf(node);
    const column = this.#own(parts, sources);
    if (claim) {
      if (column) this.reading.claims.push({ column, claim, element: false });
      else {
        const source = sources.get(parts?.at(-2) ?? '');
        if (source && parts) this.reading.asked.push({ ...source, column: parts.at(-1) ?? '', claim });
      }
      return;
    }
    const value = textOf(against);
    if (value !== null) {
      if (column) this.reading.constants.push({ column, value });
      return;
    }
    const others = columnOf(against);
    const source = others && otherSources.get(others.at(-2) ?? '');
    if (column && others && source) this.reading.tables.push({ column, ...source, other: others.at(-1) ?? '' });
  }

  /** The name of a column of the policy's own table; null for another table's. */
  #own(parts: string[] | null, sources: Sources): string | null {
    if (!parts || parts.length === 0) return null;
    const qualifier = parts.at(-2);
    if (qualifier === undefined) return sources.size === 0 ? (parts[0] ?? null) : null;
    return qualifier === this.#table && !sources.has(qualifier) ? (parts.at(-1) ?? null) : null;
  }
}

/** What a table's policies compare. Expressions must be printed with an empty search_path, so that every name is qualified. */
export function readPolicies(table: string, policies: readonly AccessPolicy[]): PolicyReading {
  const reader = new Reader(table);
  for (const { using, check } of policies)
    for (const text of [using, check]) if (text !== null) reader.read(parseExpression(text));
  return reader.reading;
}
