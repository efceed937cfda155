import { parsePlpgsql, scanSql } from './sql.ts';

/* PL/pgSQL bodies as lists: what libpg_query's JSON holds, without its nesting. */

/** A variable or parameter of a body. */
export interface PlpgsqlVariable {
  name: string;
  /** As written, `record` for an untyped one; null where the tree does not say (NEW, OLD). */
  type: string | null;
}

/** An SQL text inside a body. */
export interface PlpgsqlText {
  sql: string;
  /** statement: complete. expression: to be put behind SELECT. query: a SELECT whose rows go to `into` or are returned. */
  kind: 'statement' | 'expression';
  /** Line of the body, from 1. */
  line: number;
  /** PL/pgSQL statement it stands in: `return_query`, `fors`, `execsql` … */
  within: string;
  /** Record that takes its rows, by name; null for none, scalars or several. */
  record: string | null;
  /** An assignment's target when it is a field of a record: [record, field]. */
  field: [string, string] | null;
}

export interface PlpgsqlBody {
  variables: readonly PlpgsqlVariable[];
  texts: readonly PlpgsqlText[];
  /** Block and loop labels. */
  labels: readonly string[];
  /** Other names of parameters and variables: [name, what it stands for (`$1` or a name)]. */
  aliases: readonly [string, string][];
  /** Texts that EXECUTE puts together at run time (as expressions). */
  dynamic: readonly string[];
  /** Records that something else than one static query fills. */
  opaque: readonly string[];
}

type Json = Record<string, unknown>;

/** What stands behind a scalar type of the project's, so that libpg_query takes no row for it. */
const SCALAR = '.supaready_scalar%TYPE';

/**
 * A `create function` statement in a form that libpg_query reads: `%rowtype` says nothing that the table's name does not, and
 * it stumbles over it. `scalars` are the names of enums and domains, which it takes for rows.
 */
export function readablePlpgsql(create: string, scalars?: ReadonlySet<string>): string {
  const lower = create.toLowerCase();
  if (!scalars && !lower.includes('rowtype')) return create;
  const body = bodyOf(create);
  if (body === null) return create;
  const at = create.lastIndexOf(body);
  return create.slice(0, at) + rewritten(body, scalars) + create.slice(at + body.length);
}

/** What stands between the dollar quotes of a `create function` statement. */
function bodyOf(create: string): string | null {
  const string = scanSql(create)?.findLast(({ kind }) => kind === 'string');
  const quote = string && /^\$[^$]*\$/.exec(create.slice(string.start))?.[0];
  return string && quote ? create.slice(string.start + quote.length, string.end - quote.length) : null;
}

/** First words of statements: what follows them is no type. */
const STATEMENT_WORDS = new Set(
  'select insert update delete perform return raise exit continue open close fetch move assert execute call commit rollback get if elsif else loop while for foreach case when begin end null truncate set'.split(
    ' ',
  ),
);

function rewritten(body: string, scalars: ReadonlySet<string> | undefined): string {
  const tokens = (scanSql(body) ?? []).filter(({ kind }) => kind !== 'comment');
  const text = (at: number) => body.slice(tokens[at]?.start, tokens[at]?.end).toLowerCase();
  const edits: { start: number; end: number; text: string }[] = [];
  tokens.forEach(({ start, end }, at) => {
    if (text(at) === 'rowtype' && text(at - 1) === '%')
      edits.push({ start: tokens[at - 1]?.start ?? start, end, text: '' });
    if (!scalars) return;
    const variable = text(at - 1) === 'constant' ? at - 2 : at - 1;
    const declared =
      variable >= 0 && [';', 'declare'].includes(text(variable - 1)) && !STATEMENT_WORDS.has(text(variable));
    if (!declared) return;
    const last = text(at + 1) === '.' ? at + 2 : at;
    const name = (last === at ? text(at) : `${text(at)}.${text(last)}`).replaceAll('"', '');
    if (!scalars.has(name) || ['[', '.', '%'].includes(text(last + 1))) return;
    const place = tokens[last]?.end ?? end;
    edits.push({ start: place, end: place, text: SCALAR });
  });
  return edits.toReversed().reduce((out, edit) => out.slice(0, edit.start) + edit.text + out.slice(edit.end), body);
}

function child(node: Json, key: string): Json | null {
  const value = node[key];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : null;
}

const only = (node: unknown): [string, Json] | null => {
  const entry = node !== null && typeof node === 'object' ? Object.entries(node)[0] : undefined;
  return entry ? [entry[0], entry[1] as Json] : null;
};

/** Splits `target := value` where the assignment stands, outside of brackets. */
export function assignedValue(query: string): string {
  let depth = 0;
  for (const { start, end } of scanSql(query) ?? []) {
    const token = query.slice(start, end);
    if (token === '(' || token === '[') depth++;
    if (token === ')' || token === ']') depth--;
    if (depth === 0 && (token === ':=' || token === '=')) return query.slice(end);
  }
  return query;
}

const STATEMENTS = 0;

class Reader {
  readonly variables: PlpgsqlVariable[] = [];
  readonly texts: PlpgsqlText[] = [];
  readonly labels: string[] = [];
  readonly dynamic: string[] = [];
  readonly opaque = new Set<string>();
  readonly #datums: [string, Json][] = [];

  read(root: Json): void {
    for (const datum of (root.datums as unknown[] | undefined) ?? []) {
      const entry = only(datum) ?? ['', {}];
      this.#datums.push(entry);
      const [kind, node] = entry;
      if ((kind === 'PLpgSQL_var' || kind === 'PLpgSQL_rec') && typeof node.refname === 'string') {
        const type = child(child(node, 'datatype') ?? {}, 'PLpgSQL_type')?.typname;
        this.variables.push({ name: node.refname, type: typeof type === 'string' ? type.replace(SCALAR, '') : null });
      }
    }
    for (const [, node] of this.#datums) {
      const line = typeof node.lineno === 'number' ? node.lineno : 1;
      for (const key of ['default_val', 'cursor_explicit_expr']) {
        const inner = child(node, key);
        if (inner) this.#visit(inner, line, 'declare', null, null);
      }
    }
    this.#visit(root.action, 1, 'block', null, null);
  }

  #name(at: unknown): string | null {
    const name = this.#datums[typeof at === 'number' ? at : 0]?.[1].refname;
    return typeof name === 'string' ? name : null;
  }

  /** The record of a `target` or loop variable. */
  #record(node: Json | null): string | null {
    const rec = node && child(node, 'PLpgSQL_rec');
    return rec && typeof rec.refname === 'string' ? rec.refname : null;
  }

  #visit(node: unknown, line: number, within: string, record: string | null, field: [string, string] | null): void {
    if (Array.isArray(node)) {
      for (const item of node) this.#visit(item, line, within, record, field);
      return;
    }
    if (node === null || typeof node !== 'object') return;
    for (const [key, value] of Object.entries(node as Json)) {
      if (value === null || typeof value !== 'object') continue;
      if (key === 'PLpgSQL_expr') this.#text(value as Json, line, within, record, field);
      else if (key.startsWith('PLpgSQL_stmt_')) this.#statement(key.slice('PLpgSQL_stmt_'.length), value as Json, line);
      // Variables under a statement are references to datums already read.
      else if (key !== 'PLpgSQL_var' && key !== 'PLpgSQL_rec' && key !== 'PLpgSQL_row')
        this.#visit(value, line, within, record, field);
    }
  }

  #statement(kind: string, node: Json, outer: number): void {
    const line = typeof node.lineno === 'number' ? node.lineno : outer;
    if (typeof node.label === 'string') this.labels.push(node.label);
    const record = this.#record(child(node, 'target') ?? child(node, 'var'));
    if (record !== null && kind !== 'execsql' && kind !== 'fors') this.opaque.add(record);
    let field: [string, string] | null = null;
    if (kind === 'assign') {
      const [type, datum] = this.#datums[typeof node.varno === 'number' ? node.varno : 0] ?? ['', {}];
      const parent = type === 'PLpgSQL_recfield' ? this.#name(datum.recparentno) : null;
      if (parent !== null && typeof datum.fieldname === 'string') field = [parent, datum.fieldname];
      if (type === 'PLpgSQL_rec' && typeof datum.refname === 'string') this.opaque.add(datum.refname);
    }
    const isDynamic = kind.startsWith('dyn') || kind === 'open' || kind === 'return_query';
    // A loop's query comes before its body, which uses what the query brings.
    const entries = Object.entries(node).toSorted(
      ([a], [b]) => Number(a.endsWith('body')) - Number(b.endsWith('body')),
    );
    for (const [key, value] of entries) {
      if (value === null || typeof value !== 'object' || key === 'target' || key === 'var') continue;
      const text = child(value as Json, 'PLpgSQL_expr')?.query;
      const built = key === 'dynquery' || (isDynamic && kind.startsWith('dyn') && key === 'query');
      if (built && typeof text === 'string') this.dynamic.push(text);
      const takes = key === 'sqlstmt' || key === 'query' ? record : null;
      this.#visit(value, line, kind, built ? null : takes, field);
    }
  }

  #text(node: Json, line: number, within: string, record: string | null, field: [string, string] | null): void {
    if (typeof node.query !== 'string') return;
    const mode = typeof node.parseMode === 'number' ? node.parseMode : STATEMENTS;
    const kind = mode === STATEMENTS ? 'statement' : 'expression';
    const sql = mode >= 3 ? assignedValue(node.query) : node.query;
    this.texts.push({ sql, kind, line, within, record, field });
  }
}

/**
 * Reads the body of a `create function … language plpgsql` statement; null when it does not parse. `scalars`: names of the
 * enums and domains there are, bare and as `schema.name`, in lower case.
 */
export function readPlpgsql(createFunction: string, scalars?: ReadonlySet<string>): PlpgsqlBody | null {
  const tree = (parsePlpgsql(readablePlpgsql(createFunction)) ??
    (scalars ? parsePlpgsql(readablePlpgsql(createFunction, scalars)) : null)) as { plpgsql_funcs?: Json[] } | null;
  const root = child(tree?.plpgsql_funcs?.[0] ?? {}, 'PLpgSQL_function');
  if (!root) return null;
  const reader = new Reader();
  reader.read(root);
  const { variables, texts, labels, dynamic, opaque } = reader;
  return { variables, texts, labels, dynamic, opaque: [...opaque], aliases: aliasesIn(createFunction) };
}

/** `name alias for $1`: the tree has resolved them, the texts have not. */
function aliasesIn(create: string): [string, string][] {
  const body = bodyOf(create);
  if (body === null || !/\balias\b/i.test(body)) return [];
  const tokens = (scanSql(body) ?? []).filter(({ kind }) => kind !== 'comment');
  const text = (at: number) => body.slice(tokens[at]?.start, tokens[at]?.end);
  return tokens.flatMap((_, at): [string, string][] =>
    text(at).toLowerCase() === 'alias' && text(at + 1).toLowerCase() === 'for'
      ? [[folded(text(at - 1)), folded(text(at + 2))]]
      : [],
  );
}

function folded(identifier: string): string {
  return identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier.toLowerCase();
}
