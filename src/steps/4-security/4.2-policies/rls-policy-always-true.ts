import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { qualified } from '../../../core/text.ts';
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
  policyRows,
  reachesSchema,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { ownerColumns } from '../../lib/owners.ts';
import { ownRowsFix } from '../../lib/policy-fix.ts';
import { OPERATIONS, type Operation } from '../../lib/policy-tree.ts';
import { isDeclared, listed, policyRef, whoOf } from '../../lib/refs.ts';
import { holdsCredential, holdsIdentity, holdsPersonal } from '../../lib/sensitive-names.ts';
import { verdictOf } from '../../lib/truth.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

const VERBS: Readonly<Record<Operation, string>> = {
  select: 'read',
  insert: 'insert',
  update: 'change',
  delete: 'delete',
};

type Judged = Pick<FindingDraft, 'severity' | 'message'>;

/** Who may write every row because of this policy, and what. */
function judgeWrites(facts: ExposureFacts, entry: ApiPolicy, roles: readonly ApiRole[]): Judged | null {
  const { policy, relation } = entry;
  const operations: Operation[] =
    policy.command === 'all' ? ['update', 'delete'] : policy.command === 'select' ? [] : [policy.command];
  const open = operations.flatMap((operation) =>
    roles
      .filter((role) => policyRows(facts, role, relation, operation).rows === 'all')
      .map((role) => ({ operation, role })),
  );
  if (open.length === 0) return null;
  const reached = open.filter(
    ({ operation, role }) => holds(facts, role, relation, operation) && reachesSchema(facts, role, relation.schema),
  );
  const shown = reached.length > 0 ? reached : open;
  const who = whoOf(roles.filter((role) => shown.some((hit) => hit.role === role)));
  const verbs = listed(
    OPERATIONS.filter((operation) => shown.some((hit) => hit.operation === operation)).map(
      (operation) => VERBS[operation],
    ),
  );
  const table = qualified(relation.schema, relation.name);
  return reached.length > 0
    ? {
        severity: 'blocker',
        message: `policy “${policy.name}” is true for every row: ${who} can ${verbs} every row of ${table}`,
      }
    : {
        severity: 'medium',
        message: `policy “${policy.name}” on ${table} is true for every row; only a missing grant keeps ${who} from using it to ${verbs} them`,
      };
}

/** Reading is often meant for everybody: it is a defect where the columns say that it cannot be. */
function judgeReads(
  facts: ExposureFacts & Pick<Facts, 'constraints'> & Partial<Pick<Facts, 'declared'>>,
  entry: ApiPolicy,
  roles: readonly ApiRole[],
): Judged | null {
  const { policy, relation } = entry;
  if (policy.command !== 'select' && policy.command !== 'all') return null;
  if (isDeclared(facts.declared?.publicTables, relation)) return null;
  if (!roles.includes('anon') || policyRows(facts, 'anon', relation, 'select').rows !== 'all') return null;
  if (!holds(facts, 'anon', relation, 'select') || !reachesSchema(facts, 'anon', relation.schema)) return null;
  const readable = columnsOf(facts, relation).filter((column) =>
    holdsColumn(facts, 'anon', relation, column.name, 'select'),
  );
  const secret = readable
    .filter((column) => holdsCredential(column) || holdsIdentity(column))
    .map((column) => column.name);
  const table = qualified(relation.schema, relation.name);
  const everyone = `policy “${policy.name}” lets ${whoOf(['anon'])} read every row of ${table}`;
  if (secret.length > 0) return { severity: 'high', message: `${everyone}, ${listed(secret)} included` };
  const owner = ownerColumns(facts, relation)[0];
  if (owner === undefined) return null;
  const personal = readable.filter(holdsPersonal).map((column) => column.name);
  const severity: Severity = personal.length > 0 ? 'high' : 'medium';
  return {
    severity,
    message: `${everyone}, whoever’s they are (${owner})${personal.length > 0 ? `, with ${listed(personal)}` : ''}`,
  };
}

export const rlsPolicyAlwaysTrue = defineCheck({
  id: 'rls-policy-always-true',
  rev: 1,
  title: 'No policy lets an API role pass whatever the row',
  why: 'A policy that is always true is row level security switched off with extra steps: every user changes or deletes every other user’s rows.',
  severity: 'blocker',
  aliases: ['rls_policy_always_true'],
  source: 'splinter lint 0024; PostgreSQL, CREATE POLICY',
  remedy:
    'Say in the policy whose rows it is about: compare a column with (select auth.uid()), or ask a membership table.',
  falseAlarms:
    'Judged by meaning, not text: true, 1 = 1, id = id, auth.uid() is not null and helper functions that come to the same. Policies for service_role or supabase_auth_admin, restrictive companions, and tables declared in publicTables (reading) are silent; reading by everybody is reported only where a column holds a credential or says whose the row is.',
  matrix: 'RLS',
  aspect: 'using',
  needs: [...EXPOSURE, 'constraints'],
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const entries = apiPolicies(facts);
    const findings: FindingDraft[] = [];
    for (const entry of entries) {
      const { policy, relation } = entry;
      const { using } = policy;
      if (!policy.permissive || using === null || policy.command === 'insert') continue;
      const roles = entry.roles.filter((role) => verdictOf(using, callerOf(facts, role)) === 'always');
      if (roles.length === 0) continue;
      const judged = judgeWrites(facts, entry, roles) ?? judgeReads(facts, entry, roles);
      if (!judged) continue;
      const object = policyRef(policy);
      findings.push({
        object,
        ...judged,
        detail: `USING (${using}) is true for ${listed(roles)} without looking at the row; the policy is for ${policy.command.toUpperCase()} to ${listed(policy.roles)}`,
        fix: { sql: ownRowsFix(policy, ownerColumns(facts, relation)[0]), url: RLS_DOCS },
      });
    }
    return evaluated(entries.length, 'policy', findings);
  },
});
