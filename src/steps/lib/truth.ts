import type { FunctionFact } from '../../core/facts.ts';
import { nameParts } from '../../core/sql.ts';
import { perFacet } from './memo.ts';
import { expressionTree, functionTree, plpgsqlExpression, readCall, resolveCall } from './sql-tree.ts';

/*
 * What a policy's expression can be for one role, worked out on its tree in SQL's three-valued logic: an abstract
 * evaluation that follows helper functions and knows what `auth.uid()`, `auth.role()` and the JWT are for that role.
 */

/** Possible outcomes of a boolean expression, as bits. */
const T = 1;
const F = 2;
const N = 4;
const ANY = T | F | N;

/** always: true for every row. never: true for none. sometimes: depends on the row, the data or what cannot be told. */
export type Verdict = 'always' | 'sometimes' | 'never';

export interface Caller {
  /** `anon`, `authenticated` or a role of the project's own. */
  role: string;
  functions: readonly FunctionFact[];
  /** Columns of the policy's own table whose value is given, by name. */
  columns?: ReadonlyMap<string, string>;
}

type Value =
  | { kind: 'const'; value: string | number | boolean | null }
  /** The caller's user id: not null, the same everywhere. */
  | { kind: 'caller' }
  /** The JWT, or a part of it. */
  | { kind: 'claims'; path: readonly string[] }
  | { kind: 'column'; name: string }
  | { kind: 'unknown' };

interface Scope extends Caller {
  parameters: ReadonlyMap<string, Value>;
  depth: number;
}

const UNKNOWN: Value = { kind: 'unknown' };
const NULL: Value = { kind: 'const', value: null };

function combine(a: number, b: number, rule: (x: number, y: number) => number): number {
  let result = 0;
  for (const x of [T, F, N]) for (const y of [T, F, N]) if (a & x && b & y) result |= rule(x, y);
  return result;
}
const and = (x: number, y: number) => (x === F || y === F ? F : x === N || y === N ? N : T);
const or = (x: number, y: number) => (x === T || y === T ? T : x === N || y === N ? N : F);
const not = (mask: number) => (mask & T ? F : 0) | (mask & F ? T : 0) | (mask & N);

/** A claim of the JWT as the role has it: `anon` carries nothing of a user's. */
function claim(path: readonly string[], role: string): Value {
  if (path.length === 0) return { kind: 'claims', path };
  if (path.length === 1 && path[0] === 'role') return { kind: 'const', value: role };
  if (role === 'anon') return NULL;
  if (path.length === 1 && path[0] === 'sub') return { kind: 'caller' };
  return { kind: 'claims', path };
}

function constantOf(node: Record<string, unknown>): Value {
  if (node.isnull === true) return NULL;
  if (node.boolval !== undefined)
    return { kind: 'const', value: (node.boolval as { boolval?: boolean }).boolval === true };
  if (node.ival !== undefined) return { kind: 'const', value: (node.ival as { ival?: number }).ival ?? 0 };
  if (node.fval !== undefined) return { kind: 'const', value: Number((node.fval as { fval?: string }).fval) };
  if (node.sval !== undefined) return { kind: 'const', value: (node.sval as { sval?: string }).sval ?? '' };
  return UNKNOWN;
}

function inner(node: unknown): { type: string; body: Record<string, unknown> } | null {
  if (node === null || typeof node !== 'object') return null;
  const entry = Object.entries(node)[0];
  return entry && entry[1] !== null && typeof entry[1] === 'object'
    ? { type: entry[0], body: entry[1] as Record<string, unknown> }
    : null;
}

function valueOfCall(node: Record<string, unknown>, scope: Scope): Value {
  const call = readCall({ FuncCall: node });
  if (!call) return UNKNOWN;
  if (call.schema === 'auth') {
    if (call.name === 'uid') return claim(['sub'], scope.role);
    if (call.name === 'role') return { kind: 'const', value: scope.role };
    if (call.name === 'email') return claim(['email'], scope.role);
    if (call.name === 'jwt') return { kind: 'claims', path: [] };
  }
  if (call.name === 'current_setting' && (call.schema === null || call.schema === 'pg_catalog')) {
    const setting = call.args[0] ? valueIn(call.args[0], scope) : UNKNOWN;
    if (setting.kind !== 'const' || typeof setting.value !== 'string') return UNKNOWN;
    if (setting.value === 'request.jwt.claims') return { kind: 'claims', path: [] };
    if (setting.value === 'role') return { kind: 'const', value: scope.role };
    const prefix = 'request.jwt.claim.';
    return setting.value.startsWith(prefix) ? claim([setting.value.slice(prefix.length)], scope.role) : UNKNOWN;
  }
  const helper = helperOf(call, scope);
  if (!helper) return UNKNOWN;
  const { fn, scope: within } = helper;
  const { body } = functionTree(fn);
  const only = fn.language === 'sql' && body?.length === 1 ? body[0] : undefined;
  if (!only) return UNKNOWN;
  return 'SelectStmt' in only
    ? valueOfSelect(only.SelectStmt as Record<string, unknown>, within)
    : valueIn(only, within);
}

/** The user's function a call means, when it is one and only one, with its parameters bound. */
function helperOf(
  call: NonNullable<ReturnType<typeof readCall>>,
  scope: Scope,
): { fn: FunctionFact; scope: Scope } | null {
  if (scope.depth >= 5) return null;
  const fns = resolveCall(scope.functions, call).filter(
    (fn) => fn.kind === 'function' && !fn.platform && fn.extension === null,
  );
  const fn = fns.length === 1 ? fns[0] : undefined;
  if (!fn) return null;
  const parameters = new Map<string, Value>();
  functionTree(fn).parameters.forEach((parameter, at) => {
    const named = parameter.name === null ? -1 : call.argNames.indexOf(parameter.name);
    const arg = call.args[named === -1 ? at : named];
    const value = arg ? valueIn(arg, scope) : UNKNOWN;
    // A column handed over is, inside, a value that is not known: its name would mean another table's column there.
    const bound = value.kind === 'column' ? UNKNOWN : value;
    parameters.set(`$${at + 1}`, bound);
    if (parameter.name !== null) parameters.set(parameter.name, bound);
  });
  const { columns: _, ...rest } = scope;
  return { fn, scope: { ...rest, parameters, depth: scope.depth + 1 } };
}

function valueOfSelect(select: Record<string, unknown>, scope: Scope): Value {
  const { columns: _, ...rest } = scope;
  const within: Scope = Array.isArray(select.fromClause) ? rest : scope;
  if (select.op !== undefined && select.op !== 'SETOP_NONE') return UNKNOWN;
  if (select.whereClause && (truth(select.whereClause, within) & T) === 0) return NULL;
  if (Array.isArray(select.fromClause) || select.whereClause) return UNKNOWN;
  const target = Array.isArray(select.targetList) ? inner(select.targetList[0]) : null;
  return target?.body.val ? valueIn(target.body.val, within) : UNKNOWN;
}

function valueIn(node: unknown, scope: Scope): Value {
  const part = inner(node);
  if (!part) return UNKNOWN;
  const { type, body } = part;
  if (type === 'A_Const') return constantOf(body);
  if (type === 'TypeCast') return valueIn(body.arg, scope);
  if (type === 'ColumnRef') return valueOfColumn(nameParts(body.fields), scope);
  if (type === 'ParamRef') return scope.parameters.get(`$${Number(body.number ?? 0)}`) ?? UNKNOWN;
  if (type === 'FuncCall') return valueOfCall(body, scope);
  if (type === 'SQLValueFunction') {
    const user = body.op === 'SVFOP_CURRENT_USER' || body.op === 'SVFOP_CURRENT_ROLE' || body.op === 'SVFOP_USER';
    return user ? { kind: 'const', value: scope.role } : UNKNOWN;
  }
  if (type === 'SubLink' && body.subLinkType === 'EXPR_SUBLINK') {
    const select = inner(body.subselect);
    return select?.type === 'SelectStmt' ? valueOfSelect(select.body, scope) : UNKNOWN;
  }
  if (type === 'CoalesceExpr' && Array.isArray(body.args)) {
    for (const arg of body.args) {
      const value = valueIn(arg, scope);
      if (value.kind === 'const' && value.value === null) continue;
      return value.kind === 'const' || value.kind === 'caller' ? value : UNKNOWN;
    }
    return NULL;
  }
  if (type === 'A_Expr') {
    const operator = nameParts(body.name).at(-1);
    if (operator === '->' || operator === '->>') {
      const left = valueIn(body.lexpr, scope);
      const key = valueIn(body.rexpr, scope);
      if (left.kind === 'const' && left.value === null) return NULL;
      if (left.kind === 'claims' && key.kind === 'const') return claim([...left.path, String(key.value)], scope.role);
    }
  }
  return UNKNOWN;
}

function valueOfColumn(parts: readonly string[], scope: Scope): Value {
  const bare = parts.length === 1 ? parts[0] : undefined;
  if (bare !== undefined) {
    const parameter = scope.parameters.get(bare);
    if (parameter) return parameter;
  }
  const given = scope.columns?.get(parts.at(-1) ?? '');
  if (given !== undefined) return { kind: 'const', value: given };
  return { kind: 'column', name: parts.join('.') };
}

const isNull = (value: Value) => value.kind === 'const' && value.value === null;

function equals(left: Value, right: Value): number {
  if (isNull(left) || isNull(right)) return N;
  if (left.kind === 'const' && right.kind === 'const') return String(left.value) === String(right.value) ? T : F;
  // A value against itself; where it is null the row is not seen, but no row is held back for whose it is.
  if (left.kind === 'column' && right.kind === 'column' && left.name === right.name) return T;
  if (left.kind === 'caller' && right.kind === 'caller') return T;
  if (left.kind === 'claims' && right.kind === 'claims' && left.path.join() === right.path.join()) return T;
  return ANY;
}

function compare(operator: string, left: Value, right: Value): number {
  if (operator === '=') return equals(left, right);
  if (operator === '<>' || operator === '!=') return not(equals(left, right));
  if (isNull(left) || isNull(right)) return N;
  if (left.kind !== 'const' || right.kind !== 'const') return ANY;
  if (typeof left.value !== 'number' || typeof right.value !== 'number') return ANY;
  const [a, b] = [left.value, right.value];
  if (operator === '<') return a < b ? T : F;
  if (operator === '<=') return a <= b ? T : F;
  if (operator === '>') return a > b ? T : F;
  if (operator === '>=') return a >= b ? T : F;
  return ANY;
}

function distinct(left: Value, right: Value): number {
  if (isNull(left) && isNull(right)) return F;
  if (isNull(left) || isNull(right)) {
    const other = isNull(left) ? right : left;
    return other.kind === 'const' || other.kind === 'caller' ? T : T | F;
  }
  const mask = not(equals(left, right));
  return mask === ANY ? T | F : mask;
}

function truthOfExpression(body: Record<string, unknown>, scope: Scope): number {
  const operator = nameParts(body.name).at(-1) ?? '';
  const left = valueIn(body.lexpr, scope);
  const kind = body.kind;
  if (kind === 'AEXPR_OP') return compare(operator, left, valueIn(body.rexpr, scope));
  if (kind === 'AEXPR_DISTINCT') return distinct(left, valueIn(body.rexpr, scope));
  if (kind === 'AEXPR_NOT_DISTINCT') return not(distinct(left, valueIn(body.rexpr, scope)));
  if (kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY') {
    const list = inner(body.rexpr);
    const items = list?.type === 'List' ? list.body.items : list?.type === 'A_ArrayExpr' ? list.body.elements : null;
    if (Array.isArray(items)) {
      const any = items.map((item) => equals(left, valueIn(item, scope))).reduce((a, b) => combine(a, b, or), F);
      return operator === '<>' ? not(any) : any;
    }
    return isNull(left) ? N | F : ANY;
  }
  return isNull(left) ? N : ANY;
}

/** What EXISTS, or the row test of IN, over a query can be. */
function truthOfRows(select: Record<string, unknown> | undefined, scope: Scope): number {
  if (!select || (select.op !== undefined && select.op !== 'SETOP_NONE')) return T | F;
  const { columns: _, ...rest } = scope;
  const from = Array.isArray(select.fromClause);
  const where = select.whereClause ? truth(select.whereClause, from ? rest : scope) : T;
  if ((where & T) === 0) return F;
  return from || where !== T ? T | F : T;
}

function truthOfSubLink(body: Record<string, unknown>, scope: Scope): number {
  const select = inner(body.subselect);
  const query = select?.type === 'SelectStmt' ? select.body : undefined;
  if (body.subLinkType === 'EXISTS_SUBLINK') return truthOfRows(query, scope);
  if (body.subLinkType === 'ANY_SUBLINK') {
    if (truthOfRows(query, scope) === F) return F;
    return isNull(valueIn(body.testexpr, scope)) ? N | F : ANY;
  }
  if (body.subLinkType !== 'EXPR_SUBLINK' || !query) return ANY;
  return truthOfSelect(query, scope);
}

/** The value of a query of one boolean column. */
function truthOfSelect(query: Record<string, unknown>, scope: Scope): number {
  const rows = truthOfRows(query, scope);
  if (rows === F) return N;
  const { columns: _, ...rest } = scope;
  const target = Array.isArray(query.targetList) ? inner(query.targetList[0]) : null;
  const value = target?.body.val ? truth(target.body.val, Array.isArray(query.fromClause) ? rest : scope) : ANY;
  return rows === T ? value : value | N;
}

function truthOfCall(body: Record<string, unknown>, scope: Scope): number {
  const call = readCall({ FuncCall: body });
  const helper = call ? helperOf(call, scope) : null;
  if (!helper) return ANY;
  const { fn, scope: within } = helper;
  const { body: statements, plpgsql } = functionTree(fn);
  if (!statements) return ANY;
  if (fn.language === 'sql') {
    const last = inner(statements.at(-1));
    if (!last || statements.length !== 1) return ANY;
    return last.type === 'SelectStmt' ? truthOfSelect(last.body, within) : truth(statements[0], within);
  }
  let mask = 0;
  for (const expression of returnedExpressions(plpgsql)) {
    const [node, ...more] = plpgsqlExpression(expression, 2);
    mask |= node && more.length === 0 ? truth(node, within) : ANY;
  }
  return mask === 0 ? ANY : mask;
}

/** The expressions of all RETURN statements of a PL/pgSQL tree. */
export function returnedExpressions(tree: unknown): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    else if (node !== null && typeof node === 'object') {
      for (const [key, value] of Object.entries(node)) {
        const query =
          key === 'PLpgSQL_stmt_return'
            ? (value as { expr?: { PLpgSQL_expr?: { query?: string } } }).expr?.PLpgSQL_expr?.query
            : undefined;
        if (query !== undefined) found.push(query);
        else visit(value);
      }
    }
  };
  visit(tree);
  return found;
}

function fromValue(value: Value): number {
  if (value.kind !== 'const') return ANY;
  if (value.value === null) return N;
  if (typeof value.value === 'boolean') return value.value ? T : F;
  if (typeof value.value === 'string') {
    if (['t', 'true', 'yes', 'on', '1'].includes(value.value.toLowerCase())) return T;
    if (['f', 'false', 'no', 'off', '0'].includes(value.value.toLowerCase())) return F;
  }
  return ANY;
}

function truthOfTest(body: Record<string, unknown>, scope: Scope): number {
  const mask = truth(body.arg, scope);
  const test = String(body.booltesttype);
  const wanted = test.endsWith('TRUE') ? T : test.endsWith('FALSE') ? F : N;
  const result = (mask & wanted ? T : 0) | (mask & ~wanted ? F : 0);
  return test.includes('NOT') ? not(result) : result;
}

function truthOfNullTest(body: Record<string, unknown>, scope: Scope): number {
  const value = valueIn(body.arg, scope);
  const known = value.kind === 'const' ? (value.value === null ? T : F) : value.kind === 'caller' ? F : T | F;
  return body.nulltesttype === 'IS_NULL' ? known : not(known);
}

function truthOfCase(body: Record<string, unknown>, scope: Scope): number {
  let mask = 0;
  for (const item of Array.isArray(body.args) ? body.args : []) {
    const when = inner(item)?.body;
    if (!when) return ANY;
    const condition = body.arg ? ANY : truth(when.expr, scope);
    if (condition & T) mask |= truth(when.result, scope);
    if (condition === T) return mask;
  }
  return mask | (body.defresult ? truth(body.defresult, scope) : N);
}

function truth(node: unknown, scope: Scope): number {
  const part = inner(node);
  if (!part) return ANY;
  const { type, body } = part;
  switch (type) {
    case 'BoolExpr': {
      const masks = (Array.isArray(body.args) ? body.args : []).map((arg) => truth(arg, scope));
      if (body.boolop === 'NOT_EXPR') return not(masks[0] ?? ANY);
      return masks.reduce((a, b) => combine(a, b, body.boolop === 'AND_EXPR' ? and : or));
    }
    case 'A_Expr': {
      const operator = nameParts(body.name).at(-1);
      return operator === '->' || operator === '->>' ? fromValue(valueIn(node, scope)) : truthOfExpression(body, scope);
    }
    case 'NullTest':
      return truthOfNullTest(body, scope);
    case 'BooleanTest':
      return truthOfTest(body, scope);
    case 'SubLink':
      return truthOfSubLink(body, scope);
    case 'FuncCall':
      return truthOfCall(body, scope);
    case 'CaseExpr':
      return truthOfCase(body, scope);
    case 'CoalesceExpr': {
      let mask = 0;
      for (const arg of Array.isArray(body.args) ? body.args : []) {
        const next = truth(arg, scope);
        mask |= next & ~N;
        if ((next & N) === 0) return mask;
      }
      return mask | N;
    }
    case 'TypeCast': {
      const mask = truth(body.arg, scope);
      return mask === ANY ? fromValue(valueIn(body.arg, scope)) : mask;
    }
    default:
      return fromValue(valueIn(node, scope));
  }
}

const verdicts = perFacet((_functions: readonly FunctionFact[]) => new Map<string, Verdict>());

/** What an expression (as pg_get_expr prints it) can be for the caller; one that does not parse is `sometimes`. */
export function verdictOf(expression: string, caller: Caller): Verdict {
  const known = caller.columns ? null : verdicts(caller.functions);
  const key = `${caller.role}\u0000${expression}`;
  const before = known?.get(key);
  if (before) return before;
  const tree = expressionTree(expression);
  const mask = tree ? truth(tree, { ...caller, parameters: new Map(), depth: 0 }) : ANY;
  const verdict = mask === T ? 'always' : mask & T ? 'sometimes' : 'never';
  known?.set(key, verdict);
  return verdict;
}

/** What the WHERE clause of a query (the first SELECT of a view's definition) can be; `always` without one. */
export function verdictOfWhere(select: Record<string, unknown>, caller: Caller): Verdict {
  if (!select.whereClause) return 'always';
  const mask = truth(select.whereClause, { ...caller, parameters: new Map(), depth: 0 });
  return mask === T ? 'always' : mask & T ? 'sometimes' : 'never';
}
