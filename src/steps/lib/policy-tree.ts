import type { Policy } from '../../core/facts.ts';
import type { Node } from '../../core/sql.ts';
import { type Caller, type Verdict, verdictOf } from './truth.ts';

export type Operation = 'select' | 'insert' | 'update' | 'delete';
export const OPERATIONS: readonly Operation[] = ['select', 'insert', 'update', 'delete'];

/** True when the policy has a say in the operation of somebody who holds any of `roles`. */
export function applies(policy: Policy, operation: Operation, roles: ReadonlySet<string>): boolean {
  return (policy.command === 'all' || policy.command === operation) && policy.roles.some((role) => roles.has(role));
}

/**
 * The expression that decides over an operation's existing rows (USING) or, for an INSERT, over the new one. Null: the
 * policy has none and grants nothing. A missing WITH CHECK of UPDATE or ALL reuses USING. Source: CREATE POLICY.
 */
export function decidingExpression(policy: Policy, operation: Operation): string | null {
  return operation === 'insert' ? checkExpression(policy) : policy.using;
}

/** The expression new rows must meet: WITH CHECK, or USING where UPDATE and ALL have no check of their own. */
export function checkExpression(policy: Policy): string | null {
  if (policy.check !== null) return policy.check;
  return policy.command === 'insert' ? null : policy.using;
}

/** What the policy lets the caller do, taken alone. A policy without expression grants nothing. */
export function policyVerdict(policy: Policy, operation: Operation, caller: Caller): Verdict {
  const expression = decidingExpression(policy, operation);
  if (expression === null) return policy.permissive ? 'never' : 'always';
  return verdictOf(expression, caller);
}

/** The tree of a node list's condition parts: `a or (b or c)` → a, b, c. */
export function disjuncts(tree: Node): Node[] {
  return flatten(tree, 'OR_EXPR');
}

/** `a and (b and c)` → a, b, c. */
export function conjuncts(tree: Node): Node[] {
  return flatten(tree, 'AND_EXPR');
}

function flatten(tree: Node, boolop: string): Node[] {
  if (!('BoolExpr' in tree) || tree.BoolExpr.boolop !== boolop || !tree.BoolExpr.args) return [tree];
  return tree.BoolExpr.args.flatMap((arg) => flatten(arg, boolop));
}
