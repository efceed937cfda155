import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, Policy, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { type ApiPolicy, apiPolicies } from '../../lib/api-policies.ts';
import {
  type ApiRole,
  callerOf,
  columnsOf,
  EXPOSURE,
  type ExposureFacts,
  exposedSchemas,
  holds,
  holdsColumn,
  policiesOf,
  reachesSchema,
  roleClosure,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { guardedByTrigger } from '../../lib/guards.ts';
import { isOwnerName, ownerColumns } from '../../lib/owners.ts';
import { alterPolicy, ownRowsFix } from '../../lib/policy-fix.ts';
import { applies, type Operation } from '../../lib/policy-tree.ts';
import { policyRef, whoOf } from '../../lib/refs.ts';
import { columnsIn, expressionTree } from '../../lib/sql-tree.ts';
import { verdictOf } from '../../lib/truth.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

/**
 * Columns that name who speaks or owns: writing another's id there is forgery. `created_by` is a note about the row, and
 * `user_id` alone may as well name a member somebody adds.
 */
const FORGED: Readonly<Record<string, Severity>> = {
  owner_id: 'high',
  owner: 'high',
  author_id: 'high',
  sender_id: 'high',
  customer_id: 'high',
  uploaded_by: 'high',
  submitted_by: 'high',
  created_by: 'medium',
  creator_id: 'medium',
};

/** A restrictive policy that asks something of new rows as well. */
function restricted(facts: ExposureFacts, relation: Relation, role: ApiRole, operation: Operation): boolean {
  const caller = { role, functions: facts.functions ?? [] };
  return policiesOf(facts, relation).some((policy) => {
    const check = policy.check ?? policy.using;
    return (
      !policy.permissive &&
      check !== null &&
      applies(policy, operation, roleClosure(facts, role)) &&
      verdictOf(check, caller) !== 'always'
    );
  });
}

function operationsOf(policy: Policy): Operation[] {
  return policy.command === 'all' ? ['insert', 'update'] : [policy.command as Operation];
}

function alwaysTrue(
  facts: ExposureFacts & Pick<Facts, 'constraints'>,
  { policy, relation, roles }: ApiPolicy,
  check: string,
): Pick<FindingDraft, 'severity' | 'message'> | null {
  const functions = facts.functions ?? [];
  const open = operationsOf(policy).flatMap((operation) =>
    roles
      .filter(
        (role) => verdictOf(check, { role, functions }) === 'always' && !restricted(facts, relation, role, operation),
      )
      .map((role) => ({ role, operation })),
  );
  if (open.length === 0) return null;
  const reached = open.filter(
    ({ role, operation }) => holds(facts, role, relation, operation) && reachesSchema(facts, role, relation.schema),
  );
  const shown = reached.length > 0 ? reached : open;
  const who = whoOf(roles.filter((role) => shown.some((hit) => hit.role === role)));
  const insert = shown.some(({ operation }) => operation === 'insert');
  const table = qualified(relation.schema, relation.name);
  // A key to a table of people that nothing ties to auth.users names somebody all the same.
  const owned =
    ownerColumns(facts, relation).length > 0 || columnsOf(facts, relation).some(({ name }) => isOwnerName(name));
  const what = insert
    ? `insert any row into ${table}, ${owned ? 'in anybody’s name' : 'and as many as they like'}`
    : `turn a row of ${table} into ${owned ? 'anybody’s' : 'any other'}`;
  return reached.length > 0
    ? { severity: 'blocker', message: `policy “${policy.name}” asks nothing of new rows: ${who} can ${what}` }
    : {
        severity: 'medium',
        message: `policy “${policy.name}” on ${table} asks nothing of new rows; only a missing grant keeps ${who} from it`,
      };
}

/** An INSERT that asks something, but not whose name the new row bears. */
function forgedOwner(
  facts: ExposureFacts & Pick<Facts, 'constraints' | 'triggers' | 'functions'>,
  { policy, relation, roles }: ApiPolicy,
  check: string,
): (Pick<FindingDraft, 'severity' | 'message'> & { owner: string }) | null {
  if (policy.command !== 'insert' && policy.command !== 'all') return null;
  if (!roles.includes('authenticated') || verdictOf(check, callerOf(facts, 'authenticated')) === 'never') return null;
  if (!holds(facts, 'authenticated', relation, 'insert') || !reachesSchema(facts, 'authenticated', relation.schema))
    return null;
  const owners = ownerColumns(facts, relation);
  const tree = expressionTree(check);
  if (!tree || owners.length === 0) return null;
  const asked = new Set(columnsIn(tree).map((parts) => parts.at(-1) ?? ''));
  if (owners.some((owner) => asked.has(owner))) return null;
  const owner = owners.find((name) => name in FORGED) ?? owners[0];
  if (owner === undefined || owner === 'id' || !holdsColumn(facts, 'authenticated', relation, owner, 'insert'))
    return null;
  if (guardedByTrigger(facts, relation, 'insert', owner) || restricted(facts, relation, 'authenticated', 'insert'))
    return null;
  return {
    owner,
    severity: FORGED[owner] ?? 'low',
    message: `policy “${policy.name}” does not look at ${owner}: whoever may insert into ${qualified(relation.schema, relation.name)} can do it in another user’s name`,
  };
}

export const policyCheckTrue = defineCheck({
  id: 'policy-check-true',
  rev: 1,
  title: 'Every policy that lets rows be written says which rows',
  why: 'A WITH CHECK that is always true, or that does not look at the owner, lets a user write rows in another user’s or tenant’s name.',
  severity: 'blocker',
  aliases: ['rls_policy_always_true'],
  source: 'PostgreSQL, CREATE POLICY: WITH CHECK; splinter lint 0024',
  remedy:
    'Compare the owner or tenant column of the new row with (select auth.uid()) or the user’s memberships in WITH CHECK.',
  falseAlarms:
    'An UPDATE or ALL policy without WITH CHECK is not flagged: PostgreSQL then checks new rows with USING. Columns set by a BEFORE trigger, or that the role may not write, are left out. A form that visitors are meant to fill in is still reported: nothing limits who fills it, how often and with what; waive it with what does (a captcha, a rate limit, an Edge Function in front).',
  matrix: 'RLS',
  needs: [...EXPOSURE, 'constraints', 'triggers'],
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const entries = apiPolicies(facts).filter(
      ({ policy }) => policy.permissive && policy.command !== 'select' && policy.command !== 'delete',
    );
    const findings: FindingDraft[] = [];
    for (const entry of entries) {
      const { policy, relation } = entry;
      const check = policy.check ?? (policy.command === 'insert' ? null : policy.using);
      if (check === null) continue;
      const explicit = policy.check !== null;
      // A USING that is always true is rls-policy-always-true's finding.
      const usingOpen =
        policy.using !== null &&
        entry.roles.some((role) => verdictOf(policy.using ?? '', callerOf(facts, role)) === 'always');
      const judged = explicit && !usingOpen ? alwaysTrue(facts, entry, check) : null;
      const forged = judged || usingOpen ? null : forgedOwner(facts, entry, check);
      const found = judged ?? forged;
      if (!found) continue;
      const object = policyRef(policy);
      const owner = ownerColumns(facts, relation)[0];
      const sql = forged
        ? alterPolicy(policy, { check: `(${check}) and (select auth.uid()) = ${quoteIdent(forged.owner)}` })
        : ownRowsFix(policy, owner);
      findings.push({
        object,
        severity: found.severity ?? 'blocker',
        message: found.message,
        detail: `WITH CHECK (${check})${explicit ? '' : ', taken over from USING'}; the policy is for ${policy.command.toUpperCase()} to ${policy.roles.join(', ')}`,
        fix: { sql, url: RLS_DOCS },
        aspect: explicit ? 'check' : 'using',
      });
    }
    return evaluated(entries.length, 'write policy', findings);
  },
});
