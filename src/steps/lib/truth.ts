import type { FunctionFact } from '../../core/facts.ts';
import { nameParts, walk } from '../../core/sql.ts';
import { perFacet } from './memo.ts';
import {
  type Call,
  callsIn,
  expressionTree,
  functionsNamed,
  functionTree,
  type Parameter,
  plpgsqlExpression,
  readCall,
  resolveCall,
  throughFunctions,
} from './sql-tree.ts';
import { meansParameter, simpleBody } from './truth-bodies.ts';
import {
  ANY,
  and,
  builtInOperator,
  coerce,
  combine,
  compare,
  distinct,
  F,
  fromValue,
  isNotNull,
  isNull,
  N,
  NULL,
  not,
  or,
  T,
  UNKNOWN,
  type Value,
} from './truth-values.ts';

/*
 * What a policy's expression can be for one role, worked out on its tree in SQL's three-valued logic: an abstract
 * evaluation that follows helper functions and knows what `auth.uid()`, `auth.role()` and the JWT are for that role.
 * `never` is an all-clear and therefore proved: whatever is not modelled may be true.
 */

/** always: true for every row. never: true for none. sometimes: depends on the row, the data or what cannot be told. */
export type Verdict = 'always' | 'sometimes' | 'never';

export interface Caller {
  /** `anon`, `authenticated` or a role of the project's own. */
  role: string;
  functions: readonly FunctionFact[];
  /** Columns of the policy's own table whose value is given, by name. */
  columns?: ReadonlyMap<string, string>;
  /** The name of every column there is; without it a parameter in a query of an SQL function can be any column. */
  columnNames?: ReadonlySet<string>;
}

interface Scope extends Caller {
  parameters: ReadonlyMap<string, Value>;
  depth: number;
  /** For a proof of `never`: what may be null is null. Else a value equals itself (see equals). */
  strict: boolean;
  /** The function whose body this is. */
  fn: FunctionFact | null;
  /** Within a query over relations, whose columns come before an SQL function's parameters. */
  queried: boolean;
  /** Below a SECURITY DEFINER function, where the current user is its owner. */
  definer: boolean;
}

function outermost(caller: Caller, strict: boolean): Scope {
  return { ...caller, parameters: new Map(), depth: 0, strict, fn: null, queried: false, definer: false };
}

/** Within a query; with a FROM the columns it names are those of its relations. */
function within(select: Record<string, unknown>, scope: Scope): Scope {
  if (!Array.isArray(select.fromClause)) return scope;
  const { columns: _, ...rest } = scope;
  return { ...rest, queried: true };
}

/** Claims that the publishable key itself has; all others are a user's. */
const KEY_CLAIMS: ReadonlySet<string | undefined> = new Set(['iss', 'ref', 'role', 'aud', 'iat', 'nbf', 'exp', 'jti']);

/** A claim of the JWT as the role has it: `anon` carries nothing of a user's. `text` as against a piece of JSON. */
function claim(path: readonly string[], role: string, text: boolean): Value {
  const only = text && path.length === 1 ? path[0] : undefined;
  if (only === 'role') return { kind: 'const', value: role };
  if (path.length > 0 && role === 'anon' && !KEY_CLAIMS.has(path[0])) return NULL;
  if (only === 'sub' && role === 'authenticated') return { kind: 'caller' };
  return { kind: 'claims', path: text ? [...path, '(text)'] : path };
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

function valueOfAuth(name: string, scope: Scope): Value {
  if (name === 'uid') return claim(['sub'], scope.role, true);
  if (name === 'role') return { kind: 'const', value: scope.role };
  if (name === 'email') return claim(['email'], scope.role, true);
  return name === 'jwt' ? { kind: 'claims', path: [] } : UNKNOWN;
}

function valueOfSetting(name: Value, role: string): Value {
  if (name.kind !== 'const' || typeof name.value !== 'string') return UNKNOWN;
  if (name.value === 'request.jwt.claims') return { kind: 'claims', path: [] };
  if (name.value === 'role') return { kind: 'const', value: role };
  // PostgREST up to 8 set one for each claim; later ones leave them unset.
  const old = 'request.jwt.claim.';
  if (!name.value.startsWith(old)) return UNKNOWN;
  return isNull(claim([name.value.slice(old.length)], role, true)) ? { kind: 'blank' } : UNKNOWN;
}

function valueOfCall(node: Record<string, unknown>, scope: Scope): Value {
  const call = readCall({ FuncCall: node });
  if (!call) return UNKNOWN;
  if (call.schema === 'auth') return valueOfAuth(call.name, scope);
  if (call.name === 'current_setting' && (call.schema === null || call.schema === 'pg_catalog'))
    return valueOfSetting(call.args[0] ? valueIn(call.args[0], scope) : UNKNOWN, scope.role);
  const helper = helperOf(call, scope);
  if (helper?.fn.language !== 'sql') return UNKNOWN;
  const { body } = functionTree(helper.fn);
  const only = body?.length === 1 ? body[0] : undefined;
  if (!only) return UNKNOWN;
  const value =
    'SelectStmt' in only
      ? valueOfSelect(only.SelectStmt as Record<string, unknown>, helper.scope)
      : valueIn(only, helper.scope);
  // A STRICT function gives null for a null argument.
  if (helper.nullable && scope.strict && !isNull(value)) return UNKNOWN;
  return asType(value, helper.fn.returns ?? '');
}

/** The value as the type that format_type prints. */
function asType(value: Value, printed: string): Value {
  const type = expressionTree(`null::${printed}`);
  const cast = (type as { TypeCast?: { typeName?: unknown } } | null)?.TypeCast;
  return cast ? castTo(value, cast.typeName) : UNKNOWN;
}

function castTo(value: Value, typeName: unknown): Value {
  const type = typeName as { names?: unknown; typmods?: unknown; arrayBounds?: unknown } | undefined;
  const parts = nameParts(type?.names);
  const own = parts.length > 1 && parts[0] !== 'pg_catalog';
  return coerce(value, parts.at(-1) ?? '', !own && type?.typmods === undefined && type?.arrayBounds === undefined);
}

/** Settings that a function makes for itself and that this evaluation takes as the caller's. */
function changesSettings(fn: FunctionFact): boolean {
  return fn.config.some((setting) => /^(role|request\.|session_authorization|plpgsql\.)/i.test(setting));
}

/** The arguments by parameter; null where they do not fit. */
function argumentsOf(call: Call, parameters: readonly Parameter[]): (Call['args'][number] | null)[] | null {
  if (call.args.length > parameters.length || !parameters.every((parameter) => parameter.plain)) return null;
  const given = parameters.map((parameter, at) => {
    const named = parameter.name === null ? -1 : call.argNames.indexOf(parameter.name);
    if (named !== -1) return call.args[named] ?? null;
    return call.argNames[at] === null ? (call.args[at] ?? null) : null;
  });
  const fits = given.every((arg, at) => arg !== null || parameters[at]?.hasDefault === true);
  return fits && given.filter((arg) => arg !== null).length === call.args.length ? given : null;
}

/**
 * The user's function a call means, when it is one and only one, with its parameters bound; null where that cannot be told
 * or the function returns other than one value. `nullable`: an argument may be null.
 */
function helperOf(call: Call, scope: Scope): { fn: FunctionFact; scope: Scope; nullable: boolean } | null {
  if (scope.depth >= 5) return null;
  const fns = call.schema === null ? functionsNamed(scope.functions, call.name) : resolveCall(scope.functions, call);
  const fn = fns.length === 1 ? fns[0] : undefined;
  if (fn?.kind !== 'function' || fn.platform || fn.extension !== null || changesSettings(fn)) return null;
  if (fn.returns === null || /^(setof|table)\b/i.test(fn.returns)) return null;
  const tree = functionTree(fn);
  const args = argumentsOf(call, tree.parameters);
  if (!args) return null;
  const parameters = new Map<string, Value>();
  let nullable = false;
  tree.parameters.forEach((parameter, at) => {
    const value = args[at] ? valueIn(args[at], scope) : UNKNOWN;
    nullable ||= !isNotNull(value);
    // A column handed over is, inside, a value that is not known: its name would mean another table's column there.
    const bound = value.kind === 'column' ? UNKNOWN : coerce(value, parameter.type, !parameter.array);
    parameters.set(`$${at + 1}`, bound);
    if (parameter.name !== null) parameters.set(parameter.name, bound);
  });
  const { columns: _, ...rest } = scope;
  const definer = scope.definer || fn.securityDefiner;
  return { fn, scope: { ...rest, parameters, depth: scope.depth + 1, fn, queried: false, definer }, nullable };
}

/** Functions that give one value for one row, as aggregates and functions of many rows do not. */
const SCALAR = new Set('lower upper btrim concat split_part foldername filename extension date_trunc'.split(' '));

/** True when a query's rows are those of its FROM and WHERE: no set operation, grouping, aggregate or function of many rows. */
function isPlain(select: Record<string, unknown>, scope: Scope): boolean {
  if (select.op !== undefined && select.op !== 'SETOP_NONE') return false;
  const { groupClause, havingClause, valuesLists, limitOffset, limitCount, targetList, sortClause, distinctClause } =
    select;
  if (groupClause || havingClause || valuesLists || limitOffset) return false;
  if (limitCount) {
    const limit = valueIn(limitCount, scope);
    if (limit.kind !== 'const' || typeof limit.value !== 'number' || limit.value < 1) return false;
  }
  let plain = true;
  walk([targetList, sortClause, distinctClause], (type) => {
    if (type.startsWith('Json') && type.includes('Agg')) plain = false;
    return undefined;
  });
  return plain && callsIn([targetList, sortClause, distinctClause]).every((call) => isScalar(call, scope));
}

function isScalar(call: Call, scope: Scope): boolean {
  if (call.schema === 'auth') return ['uid', 'role', 'email', 'jwt'].includes(call.name);
  if (call.name === 'current_setting') return true;
  const own = functionsNamed(scope.functions, call.name);
  if (SCALAR.has(call.name) && own.every((fn) => fn.platform)) return true;
  return (
    own.length > 0 && own.every((fn) => fn.kind === 'function' && !/^(setof|table)\b/i.test(fn.returns ?? 'setof'))
  );
}

function valueOfSelect(select: Record<string, unknown>, scope: Scope): Value {
  const inside = within(select, scope);
  if (!isPlain(select, inside)) return UNKNOWN;
  if (select.whereClause && (truth(select.whereClause, inside) & T) === 0) return NULL;
  if (Array.isArray(select.fromClause) || select.whereClause) return UNKNOWN;
  const target = Array.isArray(select.targetList) ? inner(select.targetList[0]) : null;
  return target?.body.val ? valueIn(target.body.val, inside) : UNKNOWN;
}

function valueIn(node: unknown, scope: Scope): Value {
  const part = inner(node);
  if (!part) return UNKNOWN;
  const { type, body } = part;
  if (type === 'A_Const') return constantOf(body);
  if (type === 'TypeCast') return castTo(valueIn(body.arg, scope), body.typeName);
  if (type === 'ColumnRef') return valueOfColumn(nameParts(body.fields), scope);
  if (type === 'ParamRef') return scope.parameters.get(`$${Number(body.number ?? 0)}`) ?? UNKNOWN;
  if (type === 'FuncCall') return valueOfCall(body, scope);
  if (type === 'SQLValueFunction') {
    const user = body.op === 'SVFOP_CURRENT_USER' || body.op === 'SVFOP_CURRENT_ROLE' || body.op === 'SVFOP_USER';
    return user && !scope.definer ? { kind: 'const', value: scope.role } : UNKNOWN;
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
  return type === 'A_Expr' ? valueOfOperator(body, scope) : UNKNOWN;
}

function valueOfOperator(body: Record<string, unknown>, scope: Scope): Value {
  const parts = nameParts(body.name);
  const operator = parts.at(-1);
  const left = valueIn(body.lexpr, scope);
  if (body.kind === 'AEXPR_NULLIF') {
    const right = valueIn(body.rexpr, scope);
    const blank = right.kind === 'const' && right.value === '';
    if (isNull(left) || (left.kind === 'blank' && blank)) return NULL;
    return blank && (left.kind === 'claims' || left.kind === 'caller') ? left : UNKNOWN;
  }
  if (body.kind !== 'AEXPR_OP' || parts.length !== 1 || (operator !== '->' && operator !== '->>')) return UNKNOWN;
  if (isNull(left)) return NULL;
  const key = valueIn(body.rexpr, scope);
  return left.kind === 'claims' && key.kind === 'const'
    ? claim([...left.path, String(key.value)], scope.role, operator === '->>')
    : UNKNOWN;
}

function valueOfColumn(parts: readonly string[], scope: Scope): Value {
  const bare = parts.length === 1 ? parts[0] : undefined;
  const parameter = bare === undefined ? undefined : scope.parameters.get(bare);
  if (bare !== undefined && parameter) {
    const own = !scope.queried || scope.fn?.language !== 'sql' || meansParameter(scope.fn, bare, scope.columnNames);
    return own ? parameter : UNKNOWN;
  }
  const given = scope.columns?.get(parts.at(-1) ?? '');
  if (given !== undefined) return { kind: 'const', value: given };
  return { kind: 'column', name: parts.join('.') };
}

/** `left operator ANY | ALL (list)`, or IN; null when the list is not written out. */
function truthOfList(body: Record<string, unknown>, left: Value, scope: Scope): number | null {
  const list = inner(body.rexpr);
  const items = list?.type === 'List' ? list.body.items : list?.type === 'A_ArrayExpr' ? list.body.elements : null;
  if (!Array.isArray(items)) return null;
  const operator = builtInOperator(body.name);
  const masks = items.map((item) => compare(operator, left, valueIn(item, scope), scope.strict));
  const all = body.kind === 'AEXPR_OP_ALL' || (body.kind === 'AEXPR_IN' && operator === '<>');
  return masks.reduce((a, b) => combine(a, b, all ? and : or), all ? T : F);
}

const STRICT_KINDS: ReadonlySet<unknown> = new Set([
  'AEXPR_LIKE',
  'AEXPR_ILIKE',
  'AEXPR_SIMILAR',
  'AEXPR_BETWEEN',
  'AEXPR_NOT_BETWEEN',
  'AEXPR_BETWEEN_SYM',
  'AEXPR_NOT_BETWEEN_SYM',
]);

function truthOfExpression(body: Record<string, unknown>, scope: Scope): number {
  const { kind } = body;
  if (kind === 'AEXPR_NULLIF') return fromValue(valueOfOperator(body, scope));
  const left = valueIn(body.lexpr, scope);
  const { strict } = scope;
  switch (kind) {
    case 'AEXPR_OP':
      return compare(builtInOperator(body.name), left, valueIn(body.rexpr, scope), strict);
    case 'AEXPR_DISTINCT':
      return distinct(left, valueIn(body.rexpr, scope), strict);
    case 'AEXPR_NOT_DISTINCT':
      return not(distinct(left, valueIn(body.rexpr, scope), strict));
    case 'AEXPR_IN':
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL': {
      const listed = truthOfList(body, left, scope);
      if (listed !== null) return listed;
      // Of no elements at all ANY is false and ALL is true.
      if (!isNull(left) || builtInOperator(body.name) === null) return ANY;
      return kind === 'AEXPR_OP_ALL' ? N | T : N | F;
    }
    default:
      return isNull(left) && STRICT_KINDS.has(kind) ? N : ANY;
  }
}

/** What EXISTS, or the row test of IN, over a query can be. */
function truthOfRows(select: Record<string, unknown> | undefined, scope: Scope): number {
  if (!select) return T | F;
  const inside = within(select, scope);
  if (!isPlain(select, inside)) return T | F;
  const where = select.whereClause ? truth(select.whereClause, inside) : T;
  if ((where & T) === 0) return F;
  return Array.isArray(select.fromClause) || where !== T ? T | F : T;
}

function truthOfSubLink(body: Record<string, unknown>, scope: Scope): number {
  const select = inner(body.subselect);
  const query = select?.type === 'SelectStmt' ? select.body : undefined;
  if (body.subLinkType === 'EXISTS_SUBLINK') return truthOfRows(query, scope);
  if (body.subLinkType === 'ANY_SUBLINK') {
    if (truthOfRows(query, scope) === F) return F;
    const strict = body.operName === undefined || builtInOperator(body.operName) !== null;
    return strict && isNull(valueIn(body.testexpr, scope)) ? N | F : ANY;
  }
  if (body.subLinkType !== 'EXPR_SUBLINK' || !query) return ANY;
  return truthOfSelect(query, scope);
}

/** The value of a query of one boolean column. */
function truthOfSelect(query: Record<string, unknown>, scope: Scope): number {
  const inside = within(query, scope);
  if (!isPlain(query, inside)) return ANY;
  const rows = truthOfRows(query, scope);
  if (rows === F) return N;
  const target = Array.isArray(query.targetList) ? inner(query.targetList[0]) : null;
  const value = target?.body.val ? truth(target.body.val, inside) : ANY;
  return rows === T ? value : value | N;
}

function truthOfCall(body: Record<string, unknown>, scope: Scope): number {
  const call = readCall({ FuncCall: body });
  const helper = call ? helperOf(call, scope) : null;
  if (!helper) return ANY;
  const mask =
    helper.fn.language === 'sql' ? truthOfSql(helper.fn, helper.scope) : truthOfPlpgsql(helper.fn, helper.scope);
  // A STRICT function gives null for a null argument.
  return helper.nullable && scope.strict ? mask | N : mask;
}

function truthOfSql(fn: FunctionFact, scope: Scope): number {
  const { body } = functionTree(fn);
  const only = body?.length === 1 ? inner(body[0]) : null;
  if (!only) return ANY;
  return only.type === 'SelectStmt' ? truthOfSelect(only.body, scope) : truth(body?.[0], scope);
}

function truthOfPlpgsql(fn: FunctionFact, scope: Scope): number {
  const body = simpleBody(fn);
  if (!body) return ANY;
  const parameters = new Map(scope.parameters);
  const inside = { ...scope, parameters };
  for (const variable of body.variables) {
    const [node, ...more] = variable.value === null ? [] : plpgsqlExpression(variable.value, 2);
    // Names that the declarations give anew mean, in a default, what they meant before: too fine to follow.
    const value = node && more.length === 0 && !parameters.has(variable.name) ? valueIn(node, inside) : UNKNOWN;
    parameters.set(variable.name, value.kind === 'column' ? UNKNOWN : asType(value, variable.type));
  }
  let mask = 0;
  for (const expression of body.returns) {
    const [node, ...more] = plpgsqlExpression(expression, 2);
    mask |= node && more.length === 0 ? truth(node, inside) : ANY;
  }
  return mask;
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
  const typed = value.kind === 'const' && value.typed === true;
  // A row type of nothing but nulls is null and not null at once.
  const known = isNull(value) ? T : isNotNull(value) && !typed ? F : T | F;
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

/** True when something under the tree changes settings, the caller's claims perhaps. */
function setsSettings(tree: unknown, functions: readonly FunctionFact[]): boolean {
  return throughFunctions(tree, functions).some((part) => callsIn(part.tree).some(({ name }) => name === 'set_config'));
}

function verdict(tree: unknown, caller: Caller): Verdict {
  if ((truth(tree, outermost(caller, true)) & T) === 0 && !setsSettings(tree, caller.functions)) return 'never';
  return truth(tree, outermost(caller, false)) === T ? 'always' : 'sometimes';
}

const NO_NAMES: ReadonlySet<string> = new Set();
const verdicts = perFacet((_functions: readonly FunctionFact[]) =>
  perFacet((_columnNames: ReadonlySet<string>) => new Map<string, Verdict>()),
);

/** What an expression (as pg_get_expr prints it) can be for the caller; one that does not parse is `sometimes`. */
export function verdictOf(expression: string, caller: Caller): Verdict {
  const known = caller.columns ? null : verdicts(caller.functions)(caller.columnNames ?? NO_NAMES);
  const key = `${caller.role}\u0000${expression}`;
  const before = known?.get(key);
  if (before) return before;
  const tree = expressionTree(expression);
  const found = tree ? verdict(tree, caller) : 'sometimes';
  known?.set(key, found);
  return found;
}

/**
 * Which rows a query (the SELECT of a view's definition) has of those of its FROM; `always` without a WHERE. One that
 * groups, aggregates or joins results may have a row whatever its WHERE says.
 */
export function verdictOfWhere(select: Record<string, unknown>, caller: Caller): Verdict {
  if (!select.whereClause) return 'always';
  const found = verdict(select.whereClause, caller);
  return found === 'never' && !isPlain(select, outermost(caller, true)) ? 'sometimes' : found;
}
