import type { Policy } from '../../core/facts.ts';
import { quoteIdent } from '../../core/text.ts';
import { policySql } from './refs.ts';

/** `alter policy … using (…) with check (…)` with the clauses the policy's command may have; null leaves one as it is. */
export function alterPolicy(
  policy: Policy,
  clauses: { to?: string; using?: string | null; check?: string | null },
): string {
  const parts = [`alter ${policySql(policy)}`];
  if (clauses.to) parts.push(`to ${clauses.to}`);
  if (clauses.using && policy.command !== 'insert') parts.push(`using (${clauses.using})`);
  if (clauses.check && policy.command !== 'select' && policy.command !== 'delete')
    parts.push(`with check (${clauses.check})`);
  return `${parts.join(' ')};`;
}

/** Confines the policy to a signed-in user's own rows; where no column says whose they are, it is dropped, which closes the table. */
export function ownRowsFix(policy: Policy, owner: string | undefined): string {
  if (owner === undefined) return `drop ${policySql(policy)};`;
  const own = `(select auth.uid()) = ${quoteIdent(owner)}`;
  return alterPolicy(policy, { to: 'authenticated', using: own, check: own });
}
