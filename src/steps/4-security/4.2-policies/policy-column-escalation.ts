import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, Policy, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { type Node, nameParts } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { apiPolicies } from '../../lib/api-policies.ts';
import {
  callerOf,
  columnsOf,
  EXPOSURE,
  exposedSchemas,
  holdsColumn,
  policiesOf,
  reachesSchema,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { guardedByTrigger } from '../../lib/guards.ts';
import { ownerColumns } from '../../lib/owners.ts';
import { checkExpression, conjuncts, disjuncts } from '../../lib/policy-tree.ts';
import { listed, relationRef } from '../../lib/refs.ts';
import { callsIn, columnsIn, expressionTree, throughFunctions } from '../../lib/sql-tree.ts';
import { singular, words } from '../../lib/tables.ts';
import { verdictOf } from '../../lib/truth.ts';
import { SHARPENED } from '../shared.ts';

const CALLER = new Set(['uid', 'jwt', 'email']);

/** `auth.uid() = column`, either way round, with or without the wrapping SELECT. */
function isOwnRow(node: Node): boolean {
  if (!('A_Expr' in node) || nameParts(node.A_Expr.name).at(-1) !== '=') return false;
  const { lexpr, rexpr } = node.A_Expr;
  const asksCaller = (side: unknown) => callsIn(side).some((call) => call.schema === 'auth' && CALLER.has(call.name));
  const isColumn = (side: unknown): boolean => {
    if (side === null || typeof side !== 'object') return false;
    if ('ColumnRef' in side) return true;
    return 'TypeCast' in side && isColumn((side as { TypeCast: { arg?: unknown } }).TypeCast.arg);
  };
  return (asksCaller(lexpr) && isColumn(rexpr)) || (asksCaller(rexpr) && isColumn(lexpr));
}

/** The policy lets a user change the row that is theirs, on no further condition about who they are. */
function letsOwnRow(policy: Policy): boolean {
  const tree = policy.using === null ? null : expressionTree(policy.using);
  return tree !== null && disjuncts(tree).some((part) => conjuncts(part).some(isOwnRow));
}

function looksAt(expression: string | null, column: string, functions: Facts['functions']): boolean {
  const tree = expression === null ? null : expressionTree(expression);
  if (!tree) return false;
  return throughFunctions(tree, functions).some(({ tree: part }) =>
    columnsIn(part).some((parts) => parts.at(-1) === column),
  );
}

/** Another policy that every change must meet as well, and that looks at the column. */
function restricted(facts: Pick<Facts, 'policies' | 'functions'>, relation: Relation, column: string): boolean {
  return policiesOf(facts, relation).some(
    (policy) =>
      !policy.permissive &&
      (policy.command === 'update' || policy.command === 'all') &&
      looksAt(checkExpression(policy), column, facts.functions),
  );
}

/** Words that mean rights on a person's or member's row and something else (a chat role, a price plan) on others. */
const OF_PEOPLE = new Set([
  'role',
  'roles',
  'plan',
  'plan_id',
  'tier',
  'permissions',
  'access_level',
  'balance',
  'quota',
]);
const PEOPLE = new Set([
  'user',
  'profile',
  'account',
  'member',
  'membership',
  'customer',
  'staff',
  'employee',
  'person',
  'people',
  'subscription',
  'admin',
  'wallet',
  'team',
  'organization',
  'organisation',
  'org',
  'workspace',
  'tenant',
  'company',
  'billing',
]);

/** The row is a person's, a member's or an account's: by the table's name, or because its key is the user's id. */
function isAboutPeople(facts: Pick<Facts, 'columns' | 'constraints'>, relation: Relation): boolean {
  if (words(relation.name).some((word) => PEOPLE.has(singular(word)))) return true;
  const owners = ownerColumns(facts, relation);
  return facts.constraints.some(
    (row) =>
      row.schema === relation.schema &&
      row.table === relation.name &&
      (row.type === 'p' || row.type === 'u') &&
      row.columns.length === 1 &&
      owners.includes(row.columns[0] ?? ''),
  );
}

export const policyColumnEscalation = defineCheck({
  id: 'policy-column-escalation',
  rev: 1,
  title: 'Users who may change their own row cannot change what decides their rights',
  why: 'Row level security guards rows, not columns: whoever may update their own profile row also sets its role, plan or tenant.',
  severity: 'blocker',
  source:
    'PostgreSQL, CREATE POLICY (policies act on rows) and GRANT (column privileges); Supabase, Column level security',
  remedy: 'Grant UPDATE on the harmless columns only, or refuse the change in WITH CHECK or a BEFORE UPDATE trigger.',
  falseAlarms:
    'A column called role or plan counts only where the row is a person’s, a member’s or an account’s (a chat message has a role too). Silent where WITH CHECK (or USING, when it is reused), a restrictive policy or a BEFORE UPDATE trigger looks at the column, and where the role lacks UPDATE on it.',
  matrix: 'RLS',
  needs: [...EXPOSURE, 'constraints', 'triggers'],
  uses: SHARPENED,
  parameters: {
    columns: [
      'role',
      'roles',
      'user_role',
      'app_role',
      'is_admin',
      'admin',
      'is_superadmin',
      'is_super_admin',
      'is_staff',
      'is_moderator',
      'permissions',
      'access_level',
      'plan',
      'plan_id',
      'tier',
      'subscription_tier',
      'subscription_status',
      'subscription_plan',
      'is_premium',
      'is_pro',
      'credits',
      'balance',
      'quota',
      'tenant_id',
      'org_id',
      'organization_id',
      'organisation_id',
      'is_verified',
      'email_verified',
      'is_banned',
      'banned',
    ],
  },
  evaluate({ facts, parameters }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const guarded = new Set(parameters.columns);
    const entries = apiPolicies(facts).filter(
      ({ policy, roles }) =>
        policy.permissive &&
        (policy.command === 'update' || policy.command === 'all') &&
        roles.includes('authenticated'),
    );
    const findings = new Map<string, FindingDraft>();
    for (const { policy, relation } of entries) {
      if (!letsOwnRow(policy) || verdictOf(policy.using ?? '', callerOf(facts, 'authenticated')) !== 'sometimes')
        continue;
      if (!reachesSchema(facts, 'authenticated', relation.schema)) continue;
      const open = columnsOf(facts, relation).filter(
        (column) =>
          guarded.has(column.name.toLowerCase()) &&
          (!OF_PEOPLE.has(column.name.toLowerCase()) || isAboutPeople(facts, relation)) &&
          column.generated === '' &&
          holdsColumn(facts, 'authenticated', relation, column.name, 'update') &&
          !looksAt(checkExpression(policy), column.name, facts.functions) &&
          !restricted(facts, relation, column.name) &&
          !guardedByTrigger(facts, relation, 'update', column.name),
      );
      if (open.length === 0) continue;
      const table = qualified(relation.schema, relation.name);
      const names = open.map((column) => column.name);
      const rest = columnsOf(facts, relation).filter(
        (column) =>
          !names.includes(column.name) &&
          column.generated === '' &&
          column.identity !== 'a' &&
          holdsColumn(facts, 'authenticated', relation, column.name, 'update'),
      );
      const regrant =
        rest.length > 0
          ? ` grant update (${rest.map((column) => quoteIdent(column.name)).join(', ')}) on ${table} to authenticated;`
          : '';
      const object = relationRef(relation);
      findings.set(table, {
        object,
        message: `any signed-in user can change ${listed(names)} of their own row in ${table}, and so decide their own rights`,
        detail: `policy “${policy.name}” lets them update the row (${policy.using}); authenticated holds UPDATE on ${names.length === 1 ? 'the column' : 'these columns'}; no WITH CHECK and no BEFORE UPDATE trigger looks at ${names.length === 1 ? 'it' : 'them'}`,
        fix: {
          sql: `revoke update on ${table} from public, anon, authenticated;${regrant}`,
          url: 'https://supabase.com/docs/guides/database/postgres/column-level-security',
        },
      });
    }
    return evaluated(entries.length, 'update policy', [...findings.values()]);
  },
});
