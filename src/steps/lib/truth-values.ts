import { nameParts } from '../../core/sql.ts';

/*
 * Values and three-valued outcomes of the abstract evaluation in truth.ts. What is not modelled can be anything: an outcome
 * left out is one that is proved impossible.
 */

/** Possible outcomes of a boolean expression, as bits. */
export const T = 1;
export const F = 2;
export const N = 4;
export const ANY = T | F | N;

export type Value =
  /** `typed`: of a type whose equality is not that of its text (citext, numeric from text, jsonb, an enum …). */
  | { kind: 'const'; value: string | number | boolean | null; typed?: true }
  /** The caller's user id: not null, the same everywhere. */
  | { kind: 'caller' }
  /** The JWT, or a part of it. */
  | { kind: 'claims'; path: readonly string[] }
  /** Null, or the empty text that a setting is left at once it was set in the session. */
  | { kind: 'blank' }
  | { kind: 'column'; name: string }
  | { kind: 'unknown' };

export const UNKNOWN: Value = { kind: 'unknown' };
export const NULL: Value = { kind: 'const', value: null };

export function combine(a: number, b: number, rule: (x: number, y: number) => number): number {
  let result = 0;
  for (const x of [T, F, N]) for (const y of [T, F, N]) if (a & x && b & y) result |= rule(x, y);
  return result;
}
export const and = (x: number, y: number) => (x === F || y === F ? F : x === N || y === N ? N : T);
export const or = (x: number, y: number) => (x === T || y === T ? T : x === N || y === N ? N : F);
export const not = (mask: number) => (mask & T ? F : 0) | (mask & F ? T : 0) | (mask & N);

export const isNull = (value: Value) => value.kind === 'const' && value.value === null;
/** A value that cannot be null. */
export const isNotNull = (value: Value) => value.kind === 'caller' || (value.kind === 'const' && value.value !== null);

const TRUE = new Set(['t', 'true', 'yes', 'on', '1']);
const FALSE = new Set(['f', 'false', 'no', 'off', '0']);

export function fromValue(value: Value): number {
  if (value.kind !== 'const') return ANY;
  if (value.value === null) return N;
  if (value.typed) return ANY;
  if (typeof value.value === 'boolean') return value.value ? T : F;
  if (typeof value.value !== 'string') return ANY;
  const word = value.value.toLowerCase();
  return TRUE.has(word) ? T : FALSE.has(word) ? F : ANY;
}

const TEXT = new Set(['text', 'varchar', 'name']);
const NUMBER = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);
const WHOLE = new Set(['int2', 'int4', 'int8']);
/** Types that refuse the empty text: the statement fails and no row is seen. */
const NEVER_BLANK = new Set(['uuid', 'json', 'jsonb', 'bool', ...NUMBER]);

/** The value as that type, by the grammar's name for it (`int4`); `exact` false for arrays, lengths and types of others. */
export function coerce(value: Value, type: string, exact = true): Value {
  if (isNull(value)) return NULL;
  const text = exact && TEXT.has(type);
  switch (value.kind) {
    case 'const':
      return text && typeof value.value === 'string' && !value.typed ? value : constantAs(value, type, exact);
    case 'caller':
      return text || (exact && type === 'uuid') ? value : UNKNOWN;
    case 'claims':
      return text || (exact && (type === 'json' || type === 'jsonb')) ? value : UNKNOWN;
    case 'blank':
      return text ? value : exact && NEVER_BLANK.has(type) ? NULL : UNKNOWN;
    case 'column':
      return { kind: 'column', name: `${value.name}::${exact ? type : `${type}?`}` };
    default:
      return UNKNOWN;
  }
}

function constantAs(constant: Extract<Value, { kind: 'const' }>, type: string, exact: boolean): Value {
  const { value } = constant;
  const typed: Value = { kind: 'const', value, typed: true };
  if (constant.typed || !exact) return typed;
  if (type === 'bool') {
    const mask = fromValue(constant);
    return mask === T || mask === F ? { kind: 'const', value: mask === T } : typed;
  }
  if (!NUMBER.has(type)) return typed;
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) || (typeof value === 'number' && !WHOLE.has(type))
    ? { kind: 'const', value: number }
    : typed;
}

/** `strict`: for a proof that it is never true. Otherwise a value equals itself, null or not: no row is held back for whose it is. */
export function equals(left: Value, right: Value, strict: boolean): number {
  if (isNull(left) || isNull(right)) return N;
  const same = strict ? T | N : T;
  if (left.kind === 'const' && right.kind === 'const') {
    const plain = !left.typed && !right.typed && typeof left.value === typeof right.value;
    if (plain) return left.value === right.value ? T : F;
    return !strict && String(left.value) === String(right.value) ? T : ANY;
  }
  if (left.kind === 'column' && right.kind === 'column' && left.name === right.name) return same;
  if (left.kind === 'caller' && right.kind === 'caller') return T;
  if (left.kind === 'claims' && right.kind === 'claims' && left.path.join('\u0000') === right.path.join('\u0000'))
    return same;
  return ANY;
}

/** Boolean operators of PostgreSQL that give null for a null operand. */
const STRICT_OPERATORS = new Set(
  '= <> != < <= > >= ~ ~* !~ !~* ~~ ~~* !~~ !~~* ^@ @> <@ && ? ?| ?& @@ @? -|- << >> &< &>'.split(' '),
);

/** The operator's name where it is one of PostgreSQL's own, else null. */
export function builtInOperator(name: unknown): string | null {
  const parts = nameParts(name);
  const operator = parts.at(-1) ?? '';
  return (parts.length === 1 || parts[0] === 'pg_catalog') && STRICT_OPERATORS.has(operator) ? operator : null;
}

export function compare(operator: string | null, left: Value, right: Value, strict: boolean): number {
  if (operator === null) return ANY;
  if (operator === '=') return equals(left, right, strict);
  if (operator === '<>' || operator === '!=') return not(equals(left, right, strict));
  if (isNull(left) || isNull(right)) return N;
  if (left.kind !== 'const' || right.kind !== 'const' || left.typed || right.typed) return ANY;
  if (typeof left.value !== 'number' || typeof right.value !== 'number') return ANY;
  const [a, b] = [left.value, right.value];
  if (operator === '<') return a < b ? T : F;
  if (operator === '<=') return a <= b ? T : F;
  if (operator === '>') return a > b ? T : F;
  if (operator === '>=') return a >= b ? T : F;
  return ANY;
}

export function distinct(left: Value, right: Value, strict: boolean): number {
  if (isNull(left) && isNull(right)) return F;
  if (isNull(left) || isNull(right)) return isNotNull(isNull(left) ? right : left) ? T : T | F;
  return not(equals(left, right, strict)) & ~N;
}
