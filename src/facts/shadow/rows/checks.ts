import type pg from 'pg';
import { nameParts, parseExpression, walk } from '../../../core/sql.ts';
import { quoteIdent, quoteLiteral } from '../../../core/text.ts';
import type { RowColumn, RowTable } from './catalogue.ts';
import { exampleOf } from './regex-example.ts';
import { valueFor } from './values.ts';

/* Values that satisfy CHECK: constants of the expressions are tried, and PostgreSQL says which of them pass. */

const LENGTHS = new Set(['length', 'char_length', 'character_length', 'octet_length', 'cardinality', 'array_length']);
const MAX_COMBINATIONS = 1500;

interface Hints {
  /** Calls without arguments, as SQL: constants that a schema keeps in functions. */
  calls: string[];
  texts: string[];
  numbers: number[];
  lengths: number[];
}

function constantsIn(tree: unknown): { texts: string[]; numbers: number[] } {
  const texts: string[] = [];
  const numbers: number[] = [];
  walk(tree, (type, node) => {
    if (type !== 'A_Const') return undefined;
    const { sval, ival, fval } = node as {
      sval?: { sval?: string };
      ival?: { ival?: number };
      fval?: { fval?: string };
    };
    if (sval) texts.push(sval.sval ?? '');
    if (ival) numbers.push(ival.ival ?? 0);
    if (fval?.fval) numbers.push(Number(fval.fval));
    return undefined;
  });
  return { texts, numbers };
}

function constantCalls(tree: unknown): string[] {
  const calls: string[] = [];
  walk(tree, (type, node) => {
    const parts = type === 'FuncCall' && node.args === undefined ? nameParts(node.funcname) : [];
    if (parts.length > 0) calls.push(`${parts.map(quoteIdent).join('.')}()`);
    return undefined;
  });
  return calls;
}

function columnsOf(tree: unknown): Set<string> {
  const names = new Set<string>();
  walk(tree, (type, node) => {
    if (type === 'ColumnRef') names.add(nameParts(node.fields).at(-1) ?? '');
    return undefined;
  });
  return names;
}

function callsLength(tree: unknown): boolean {
  let found = false;
  walk(tree, (type, node) => {
    if (type === 'FuncCall' && LENGTHS.has(nameParts(node.funcname).at(-1) ?? '')) found = true;
    return undefined;
  });
  return found;
}

/** What a check's expression compares each column with. */
function hintsIn(expression: string): Map<string, Hints> {
  const hints = new Map<string, Hints>();
  const tree = parseExpression(expression);
  walk([{ root: tree }], (type, node) => {
    if (type !== 'A_Expr' && type !== 'FuncCall') return undefined;
    const names = columnsOf(node);
    const { texts, numbers } = constantsIn(node);
    const operator = nameParts(node.name).at(-1) ?? '';
    const made = operator.includes('~~')
      ? texts.map((text) => text.replaceAll('%', '').replaceAll('_', 'x'))
      : operator.startsWith('~') || nameParts(node.funcname).at(-1)?.startsWith('regexp')
        ? texts.map(exampleOf)
        : texts;
    const ofLength = callsLength(node);
    for (const name of names) {
      const own = hints.get(name) ?? { calls: [], texts: [], numbers: [], lengths: [] };
      own.calls.push(...constantCalls(node));
      own.texts.push(...made);
      if (ofLength) own.lengths.push(...numbers);
      own.numbers.push(...numbers);
      hints.set(name, own);
    }
    return undefined;
  });
  return hints;
}

const NUMERIC = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'money']);
const TEXTUAL = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);

/** Expressions to try for a column, likeliest first. */
function candidates(column: RowColumn, base: string | null, hints: Hints | undefined, n: number): string[] {
  const cast = (text: string) => `${quoteLiteral(text)}::${column.type}`;
  const found: string[] = [];
  if (base !== null) found.push(base);
  if (!column.notNull) found.push(`null::${column.type}`);
  if (column.default !== null) found.push(`(${column.default})`);
  const { calls = [], texts = [], numbers = [], lengths = [] } = hints ?? {};
  if (column.kind === 'e') found.push(...column.labels.map(cast));
  else if (column.base === 'bool') found.push(cast('true'), cast('false'));
  else if (NUMERIC.has(column.base)) {
    found.push(...[...numbers, ...numbers.flatMap((n) => [n + 1, n - 1]), 1, 0].map((n) => cast(String(n))));
  } else if (column.base === 'json' || column.base === 'jsonb') {
    const keys = texts.filter((text) => /^[a-z_][\w-]*$/i.test(text));
    found.push(cast('{}'), cast('[]'), cast(JSON.stringify(Object.fromEntries(keys.map((key) => [key, 1])))));
  } else if (TEXTUAL.has(column.base)) {
    found.push(...texts.map(cast));
    found.push(
      ...lengths.flatMap((n) => [n, n + 1, n - 1]).flatMap((n) => (n >= 0 && n < 5000 ? cast('a'.repeat(n)) : [])),
    );
    found.push(cast('a'), cast('A'), cast(''));
  } else if (column.array) {
    found.push(
      ...[...lengths, 1, 2].map(
        (n) =>
          `pg_catalog.array_fill(null::${column.type.replace(/(\[\])+$/, '')}, array[${Math.min(Math.max(n, 0), 50)}])`,
      ),
    );
  } else if (/^(timestamp|date)/.test(column.base)) {
    found.push(
      ...['now()', `now() + interval '1 day'`, `now() - interval '1 day'`].map((e) => `(${e})::${column.type}`),
    );
  } else found.push(...texts.map(cast));
  found.push(...calls.map((call) => `(${call})::${column.type}`));
  const plain = valueFor(column, n);
  if (plain !== null) found.push(plain);
  return [...new Set(found)];
}

interface Group {
  columns: string[];
  expressions: string[];
}

/** Checks that share columns are solved together. */
function groupsOf(table: RowTable): Group[] {
  const groups: Group[] = [];
  const add = (columns: string[], expression: string) => {
    const touching = groups.filter((group) => group.columns.some((name) => columns.includes(name)));
    const merged: Group = { columns: [...columns], expressions: [expression] };
    for (const group of touching) {
      merged.columns.push(...group.columns);
      merged.expressions.push(...group.expressions);
      groups.splice(groups.indexOf(group), 1);
    }
    merged.columns = [...new Set(merged.columns)];
    groups.push(merged);
  };
  for (const { type, columns, expression } of table.constraints)
    if (type === 'c' && expression !== null && columns !== null && columns.length > 0) add(columns, expression);
  for (const column of table.columns)
    for (const check of column.checks) add([column.name], overColumn(check, column.name));
  return groups;
}

/** A domain's check with the column's name for VALUE, which stands outside of string constants. */
function overColumn(check: string, column: string): string {
  return check
    .split(/('(?:[^']|'')*'|"(?:[^"]|"")*")/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/\bVALUE\b/g, quoteIdent(column))))
    .join('');
}

function combinations(lists: string[][]): string[][] {
  let sizes = lists.map((list) => list.length);
  while (sizes.reduce((product, size) => product * size, 1) > MAX_COMBINATIONS) {
    const largest = Math.max(...sizes);
    sizes = sizes.map((size) => (size === largest && size > 1 ? size - 1 : size));
  }
  return lists.reduce<string[][]>(
    (found, list, at) => found.flatMap((start) => list.slice(0, sizes[at]).map((value) => [...start, value])),
    [[]],
  );
}

/**
 * Values for the columns that checks speak of, where what is planned does not pass them: changes `planned` (SQL expressions by
 * column). `fixed` columns keep their value; `n` as for valueFor, `variant` asks for another
 * solution. Returns why a check cannot be satisfied, or null. Runs in the caller's
 * transaction, in a savepoint of its own.
 */
export async function satisfyChecks(
  client: pg.Client,
  table: RowTable,
  planned: Map<string, string>,
  fixed: ReadonlySet<string>,
  n: number,
  variant = 0,
): Promise<string | null> {
  for (const { columns, expressions } of groupsOf(table)) {
    const involved = columns.flatMap((name) => table.columns.find((column) => column.name === name) ?? []);
    // What is computed from other columns cannot be chosen.
    if (involved.length !== columns.length || involved.some(({ generated }) => generated)) continue;
    const hints = expressions.map(hintsIn);
    const lists = involved.map((column) => {
      const value = planned.get(column.name);
      if (fixed.has(column.name) && value !== undefined) return [value];
      const own = hints.flatMap((of) => of.get(column.name) ?? []);
      const merged: Hints = {
        calls: own.flatMap(({ calls }) => calls),
        texts: own.flatMap(({ texts }) => texts),
        numbers: own.flatMap(({ numbers }) => numbers),
        lengths: own.flatMap(({ lengths }) => lengths),
      };
      return candidates(column, value ?? null, own.length > 0 ? merged : undefined, n);
    });
    const tried = combinations(lists);
    const chosen = await firstPassing(client, involved, tried, expressions, variant);
    if (chosen === null) return `no value was found that passes its checks on ${columns.map(quoteIdent).join(', ')}`;
    involved.forEach((column, at) => {
      const expression = chosen[at];
      if (expression === undefined || expression === `(${column.default})`) return;
      planned.set(column.name, expression);
    });
  }
  return null;
}

async function firstPassing(
  client: pg.Client,
  columns: readonly RowColumn[],
  tried: string[][],
  expressions: readonly string[],
  variant: number,
): Promise<string[] | null> {
  const names = columns.map(({ name }) => quoteIdent(name)).join(', ');
  const condition = expressions.map((expression) => `((${expression}) is not false)`).join(' and ');
  // One by one where a candidate does not even fit the type; the error of one must not hide the others.
  const ask = async (rows: string[][]): Promise<string[] | null> => {
    const values = rows.map((row, at) => `(${at}, ${row.join(', ')})`).join(', ');
    await client.query('savepoint candidates');
    try {
      const { rows: passing } = await client.query<{ place: number }>(
        `select place from (values ${values}) as candidate (place, ${names}) where ${condition} order by place limit ${variant + 1}`,
      );
      const place = (passing[variant] ?? passing[0])?.place;
      return place === undefined ? null : (rows[place] ?? null);
    } catch (error) {
      if ((error as pg.DatabaseError).code === undefined) throw error;
      await client.query('rollback to savepoint candidates');
      if (rows.length === 1) return null;
      const half = Math.ceil(rows.length / 2);
      return (await ask(rows.slice(0, half))) ?? (await ask(rows.slice(half)));
    } finally {
      await client.query('release savepoint candidates');
    }
  };
  for (let at = 0; at < tried.length; at += 250) {
    const found = await ask(tried.slice(at, at + 250));
    if (found) return found;
  }
  return null;
}
