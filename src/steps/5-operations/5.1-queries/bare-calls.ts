import type { FunctionFact } from '../../../core/facts.ts';
import type { Node } from '../../../core/sql.ts';
import { perFacet, perText } from '../../lib/memo.ts';
import {
  type Call,
  callsIn,
  columnsIn,
  expressionTree,
  functionTree,
  readCall,
  resolveCall,
} from '../../lib/sql-tree.ts';

const AUTH_CALLS = new Set(['uid', 'jwt', 'role', 'email']);

/** A call that gives one value for the whole statement: auth.uid() and its like, current_setting(). */
function isRequestCall(call: Pick<Call, 'schema' | 'name'>): boolean {
  if (call.schema === 'auth') return AUTH_CALLS.has(call.name);
  return call.name === 'current_setting' && (call.schema === null || call.schema === 'pg_catalog');
}

const verdicts = perFacet((_functions: readonly FunctionFact[]) => new Map<FunctionFact, boolean>());

/** Whether a function of the project asks for the request (auth.uid() …), itself or through others. */
function asksRequest(fn: FunctionFact, functions: readonly FunctionFact[]): boolean {
  const known = verdicts(functions);
  const before = known.get(fn);
  if (before !== undefined) return before;
  // Recursion ends here: a function that only calls itself asks nothing.
  known.set(fn, false);
  const asks = callsIn(functionTree(fn).body ?? []).some(
    (call) =>
      isRequestCall(call) ||
      resolveCall(functions, call).some(
        (next) => !next.platform && next.extension === null && asksRequest(next, functions),
      ),
  );
  known.set(fn, asks);
  return asks;
}

/** A call in a policy that PostgreSQL repeats for every row, though its value is the same for all. */
export interface BareCall {
  /** As written, e.g. `auth.uid()`. */
  text: string;
  /** Characters from the start of the expression. */
  start: number;
  end: number;
}

/** Position after the call's closing parenthesis; quotes are skipped. */
function endOfCall(text: string, start: number): number {
  let depth = 0;
  let quote: string | null = null;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quote !== null) {
      if (char === quote) quote = null;
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}

/** `select (` stands before the expression when it is parsed. */
const PREFIX = 'select ('.length;

/**
 * Calls that are not inside a scalar sub-select of their own. Source: Supabase docs, “RLS performance”: `(select auth.uid())`
 * becomes an InitPlan and runs once. A helper with arguments from the row must run for each row and is not reported.
 */
export function bareCalls(expression: string, functions: readonly FunctionFact[]): readonly BareCall[] {
  return callsOver(functions)(expression);
}

/** The same condition stands in the policies of thousands of tables. */
const callsOver = perFacet((functions: readonly FunctionFact[]) =>
  perText((expression) => readBareCalls(expression, functions)),
);

function readBareCalls(expression: string, functions: readonly FunctionFact[]): BareCall[] {
  const found: BareCall[] = [];
  const bytes = Buffer.from(expression, 'utf8');
  const report = (location: unknown) => {
    const offset = (typeof location === 'number' ? location : 0) - PREFIX;
    const start = bytes.subarray(0, Math.max(offset, 0)).toString('utf8').length;
    const end = endOfCall(expression, start);
    found.push({ text: expression.slice(start, end), start, end });
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (node === null || typeof node !== 'object') return;
    for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
      if (value === null || typeof value !== 'object') continue;
      if (key === 'SubLink' && isOwnSelect(value as Record<string, unknown>)) continue;
      if (key === 'FuncCall') {
        const call = readCall(node);
        const rowless = columnsIn((value as { args?: unknown }).args ?? []).length === 0;
        const helper =
          call !== null &&
          rowless &&
          resolveCall(functions, call).some(
            (fn) => !fn.platform && fn.extension === null && asksRequest(fn, functions),
          );
        if (call !== null && (isRequestCall(call) || helper)) {
          report((value as { location?: unknown }).location);
          continue;
        }
      }
      visit(value);
    }
  };
  const tree: Node | null = expressionTree(expression);
  visit(tree);
  return found.sort((left, right) => left.start - right.start);
}

/**
 * A sub-select without FROM runs once: `(select f())` as an InitPlan, `x in (select f())` as a hashed SubPlan. Wrapping the
 * latter once more would even break it, where f() returns a set.
 */
function isOwnSelect(link: Record<string, unknown>): boolean {
  const select = (link.subselect as { SelectStmt?: { fromClause?: unknown[] } } | undefined)?.SelectStmt;
  const once = ['EXPR_SUBLINK', 'ANY_SUBLINK', 'ARRAY_SUBLINK'].includes(String(link.subLinkType));
  return once && select !== undefined && (select.fromClause ?? []).length === 0;
}

/** The expression with each bare call wrapped in a sub-select. */
export function wrapped(expression: string, calls: readonly BareCall[]): string {
  let result = '';
  let at = 0;
  for (const call of calls) {
    result += `${expression.slice(at, call.start)}(select ${call.text})`;
    at = call.end;
  }
  return result + expression.slice(at);
}
