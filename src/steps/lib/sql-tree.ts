import type { FunctionFact } from '../../core/facts.ts';
import { readablePlpgsql } from '../../core/plpgsql.ts';
import {
  type Node,
  nameParts,
  parseExpression,
  parsePlpgsql,
  parseScript,
  parseStatements,
  walk,
} from '../../core/sql.ts';
import { quoteIdent } from '../../core/text.ts';
import { perFacet } from './memo.ts';
import { functionsByName, groupBy, keyOf } from './tables.ts';

const MAX_CACHED = 20_000;
const expressions = new Map<string, Node | null>();

/** The tree of an expression, parsed once per text; null when it does not parse. */
export function expressionTree(expression: string): Node | null {
  const known = expressions.get(expression);
  if (known !== undefined) return known;
  const tree = parseExpression(expression);
  if (expressions.size >= MAX_CACHED) expressions.clear();
  expressions.set(expression, tree);
  return tree;
}

/** A function call in a tree. */
export interface Call {
  /** Null when the name is not qualified. */
  schema: string | null;
  name: string;
  args: readonly Node[];
  /** Names of named arguments, by position in `args`; null for a positional one. */
  argNames: readonly (string | null)[];
}

function callOf(node: Record<string, unknown>): Call {
  const parts = nameParts(node.funcname);
  const raw = Array.isArray(node.args) ? (node.args as Node[]) : [];
  const args: Node[] = [];
  const argNames: (string | null)[] = [];
  for (const arg of raw) {
    const named = (arg as { NamedArgExpr?: { name: string; arg: Node } }).NamedArgExpr;
    args.push(named ? named.arg : arg);
    argNames.push(named ? named.name : null);
  }
  return { schema: parts.length > 1 ? (parts.at(-2) ?? null) : null, name: parts.at(-1) ?? '', args, argNames };
}

/** Reads a FuncCall node's inner object. */
export function readCall(node: unknown): Call | null {
  const call = (node as { FuncCall?: Record<string, unknown> } | null)?.FuncCall;
  return call ? callOf(call) : null;
}

/** Every function call in a tree. */
export function callsIn(tree: unknown): readonly Call[] {
  return typeof tree === 'object' && tree !== null ? callsOfTree(tree) : [];
}

/* Trees are shared by all policies of one text, and many checks ask them the same. */
const callsOfTree = perFacet((tree: object): readonly Call[] => {
  const calls: Call[] = [];
  walk(tree, (type, node) => {
    if (type === 'FuncCall') calls.push(callOf(node));
    return undefined;
  });
  return calls;
});

/** Every column reference in a tree, as its dotted parts; star references are left out. */
export function columnsIn(tree: unknown): readonly (readonly string[])[] {
  return typeof tree === 'object' && tree !== null ? columnsOfTree(tree) : [];
}

const columnsOfTree = perFacet((tree: object): readonly (readonly string[])[] => {
  const columns: string[][] = [];
  walk(tree, (type, node) => {
    if (type !== 'ColumnRef') return undefined;
    const parts = nameParts(node.fields);
    if (!parts.includes('*')) columns.push(parts);
    return undefined;
  });
  return columns;
});

/** A table, view or function result named in a FROM, INTO, UPDATE or DELETE. */
export interface RelationUse {
  schema: string | null;
  name: string;
  alias: string | null;
}

/** Relations that a tree reads or writes; names of its own WITH queries are left out. */
export function relationsIn(tree: unknown): RelationUse[] {
  const uses: RelationUse[] = [];
  const ctes = new Set<string>();
  walk(tree, (type, node) => {
    if (type === 'CommonTableExpr' && typeof node.ctename === 'string') ctes.add(node.ctename);
    if (type === 'RangeVar') uses.push(rangeVar(node));
    // The target of INSERT, UPDATE and DELETE stands bare, without its node type around it.
    if (type === 'InsertStmt' || type === 'UpdateStmt' || type === 'DeleteStmt') {
      const target = node.relation as Record<string, unknown> | undefined;
      if (target && typeof target.relname === 'string') uses.push(rangeVar(target));
    }
    return undefined;
  });
  return uses.filter((use) => use.schema !== null || !ctes.has(use.name));
}

function rangeVar(node: Record<string, unknown>): RelationUse {
  const alias = node.alias as { aliasname?: string } | undefined;
  return {
    schema: typeof node.schemaname === 'string' ? node.schemaname : null,
    name: typeof node.relname === 'string' ? node.relname : '',
    alias: alias?.aliasname ?? null,
  };
}

/** Text constants in a tree. */
export function stringsIn(tree: unknown): readonly string[] {
  return typeof tree === 'object' && tree !== null ? stringsOfTree(tree) : [];
}

const stringsOfTree = perFacet((tree: object): readonly string[] => {
  const strings: string[] = [];
  walk(tree, (type, node) => {
    const constant = type === 'A_Const' ? (node.sval as { sval?: string } | undefined) : undefined;
    if (constant) strings.push(constant.sval ?? '');
    return undefined;
  });
  return strings;
});

/** One parameter of a function. */
export interface Parameter {
  name: string | null;
  /** Last part of the type name as the grammar has it: `text`, `int4`, `uuid`, `varchar`. */
  type: string;
  array: boolean;
  /** False for OUT, INOUT, VARIADIC and TABLE. */
  plain: boolean;
  hasDefault: boolean;
}

/** A function as trees. */
export interface FunctionTree {
  parameters: readonly Parameter[];
  /** SQL statements and expressions of the body, in order; null when the body does not parse or is not SQL or PL/pgSQL. */
  body: readonly Node[] | null;
  /** The PL/pgSQL tree (libpg_query's JSON), or null for other languages. */
  plpgsql: unknown;
}

function dollarQuoted(body: string): string {
  let tag = 'body';
  while (body.includes(`$${tag}$`)) tag += 'x';
  return `$${tag}$${body}$${tag}$`;
}

function declarationOf(fn: FunctionFact): string {
  const name = `${quoteIdent(fn.schema)}.${quoteIdent(fn.name)}`;
  return fn.kind === 'procedure'
    ? `create procedure ${name}(${fn.arguments})`
    : `create function ${name}(${fn.arguments}) returns ${fn.returns ?? 'void'}`;
}

function createStatement(sql: string): Record<string, unknown> | null {
  const node = parseScript(sql).statements[0]?.node;
  return node && 'CreateFunctionStmt' in node ? (node.CreateFunctionStmt as Record<string, unknown>) : null;
}

function parametersOf(fn: FunctionFact): Parameter[] {
  const create = createStatement(`create function f(${fn.arguments}) returns void language sql as ''`);
  const list = Array.isArray(create?.parameters) ? create.parameters : [];
  return list.map(
    (item: {
      FunctionParameter?: {
        name?: string;
        mode?: string;
        defexpr?: unknown;
        argType?: { names?: unknown; arrayBounds?: unknown };
      };
    }) => {
      const { name, mode, defexpr, argType } = item.FunctionParameter ?? {};
      return {
        name: name ?? null,
        type: nameParts(argType?.names).at(-1) ?? '',
        array: argType?.arrayBounds !== undefined,
        plain: mode === undefined || mode === 'FUNC_PARAM_IN' || mode === 'FUNC_PARAM_DEFAULT',
        hasDefault: defexpr !== undefined,
      };
    },
  );
}

/** The SQL texts of a PL/pgSQL tree, parsed; texts that do not parse alone are left out. */
function plpgsqlBody(tree: unknown): Node[] {
  const nodes: Node[] = [];
  walk(tree, (type, node) => {
    if (type !== 'PLpgSQL_expr' || typeof node.query !== 'string') return undefined;
    nodes.push(...plpgsqlExpression(node.query, typeof node.parseMode === 'number' ? node.parseMode : 0));
    return undefined;
  });
  return nodes;
}

/** One text of a PL/pgSQL tree: statements (parse mode 0), an expression (2), or an assignment `v := e` (3 to 5: the value). */
export function plpgsqlExpression(query: string, parseMode: number): Node[] {
  if (parseMode === 0) return parseStatements(query) ?? [];
  const at = parseMode >= 3 ? query.search(/:?=/) : -1;
  const text = at === -1 ? query : query.slice(at).replace(/^:?=/, '');
  const expression = expressionTree(text);
  if (expression) return [expression];
  return parseStatements(`select ${text}`) ?? [];
}

function isStandardBody(body: string): boolean {
  return /^\s*(return\b|begin\s+atomic\b)/i.test(body);
}

const trees = perFacet((fn: FunctionFact): FunctionTree => {
  const parameters = fn.arguments === '' ? [] : parametersOf(fn);
  if (fn.language === 'sql') {
    if (!isStandardBody(fn.body)) return { parameters, body: parseStatements(fn.body), plpgsql: null };
    const create = createStatement(`${declarationOf(fn)} language sql ${fn.body}`);
    return { parameters, body: create ? standardBody(create.sql_body) : null, plpgsql: null };
  }
  if (fn.language === 'plpgsql') {
    const plpgsql = parsePlpgsql(readablePlpgsql(`${declarationOf(fn)} language plpgsql as ${dollarQuoted(fn.body)}`));
    return { parameters, body: plpgsql === null ? null : plpgsqlBody(plpgsql), plpgsql };
  }
  return { parameters, body: null, plpgsql: null };
});

function standardBody(body: unknown): Node[] {
  const returned = (body as { ReturnStmt?: { returnval?: Node } } | undefined)?.ReturnStmt?.returnval;
  if (returned) return [returned];
  const outer = (body as { List?: { items?: { List?: { items?: Node[] } }[] } } | undefined)?.List?.items ?? [];
  return outer.flatMap((item) => item.List?.items ?? []);
}

/** The trees of a function, parsed once. */
export function functionTree(fn: FunctionFact): FunctionTree {
  return trees(fn);
}

const byBareName = perFacet((functions: readonly FunctionFact[]) => groupBy(functions, (fn) => fn.name));

/**
 * The functions a call may mean, its overloads included. An unqualified name is searched in `public` and then everywhere;
 * pg_catalog is not in the facts, so built-in functions give an empty list.
 */
export function resolveCall(
  functions: readonly FunctionFact[],
  call: Pick<Call, 'schema' | 'name'>,
): readonly FunctionFact[] {
  if (call.schema !== null) return functionsByName(functions).get(keyOf(call.schema, call.name)) ?? [];
  const found = byBareName(functions).get(call.name) ?? [];
  const inPublic = found.filter((fn) => fn.schema === 'public');
  return inPublic.length > 0 ? inPublic : found;
}

/** Every function of that name, in whatever schema. */
export function functionsNamed(functions: readonly FunctionFact[], name: string): readonly FunctionFact[] {
  return byBareName(functions).get(name) ?? [];
}

/**
 * `tree` and the bodies of the user's functions it calls, theirs and so on (each once, five levels deep at most). Functions
 * of the platform (`auth.uid()` …) and of extensions are not entered.
 */
export function throughFunctions(
  tree: unknown,
  functions: readonly FunctionFact[],
): { tree: unknown; fn: FunctionFact | null }[] {
  const found: { tree: unknown; fn: FunctionFact | null }[] = [{ tree, fn: null }];
  const seen = new Set<FunctionFact>();
  let level: unknown[] = [tree];
  for (let depth = 0; depth < 5 && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const call of level.flatMap(callsIn)) {
      for (const fn of resolveCall(functions, call)) {
        if (seen.has(fn) || fn.platform || fn.extension !== null) continue;
        seen.add(fn);
        const { body } = functionTree(fn);
        if (!body) continue;
        found.push({ tree: body, fn });
        next.push(body);
      }
    }
    level = next;
  }
  return found;
}
