import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Policy } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { apiPolicies } from '../../lib/api-policies.ts';
import { callerOf } from '../../lib/exposure.ts';
import { alterPolicy } from '../../lib/policy-fix.ts';
import { decidingExpression } from '../../lib/policy-tree.ts';
import { policyRef } from '../../lib/refs.ts';
import { callsIn, expressionTree } from '../../lib/sql-tree.ts';
import { verdictOf } from '../../lib/truth.ts';
import { RLS_DOCS } from '../shared.ts';

/** How pg_get_expr prints the two usual forms of the test. */
const SESSION_TESTS = [
  "(auth.role() = 'authenticated'::text)",
  "(( SELECT auth.role() AS role) = 'authenticated'::text)",
];

function asksRole(expression: string | null): boolean {
  if (expression === null) return false;
  return callsIn(expressionTree(expression)).some((call) => call.schema === 'auth' && call.name === 'role');
}

/** The expression without its role test; null when it asks for the role in another way. */
function withoutRoleTest(expression: string | null): string | null {
  if (expression === null) return null;
  const text = SESSION_TESTS.reduce((rest, test) => rest.replaceAll(test, 'true'), expression);
  return expressionTree(text) && !asksRole(text) ? text : null;
}

/** `TO authenticated` in place of the role test, or null when a person must rewrite the policy. */
function rewrite(policy: Policy): string | null {
  const using = withoutRoleTest(policy.using);
  const check = withoutRoleTest(policy.check);
  if ((policy.using !== null && using === null) || (policy.check !== null && check === null)) return null;
  return alterPolicy(policy, { to: 'authenticated', using, check });
}

export const policyDeprecated = defineCheck({
  id: 'policy-deprecated',
  rev: 1,
  title: 'Policies say with TO whom they are for, and do not call auth.role()',
  why: 'auth.role() is deprecated and true for anonymous sign-ins too; a policy without TO is worked out for every role, on every query.',
  severity: 'low',
  source: 'Supabase, Row Level Security: auth.role() is deprecated; add roles with TO (performance)',
  remedy: 'Write TO authenticated (or anon) and drop the role test.',
  falseAlarms:
    'A policy for PUBLIC that anonymous visitors can pass (public content) is not flagged: it is for everybody.',
  matrix: 'RLS',
  needs: ['policies', 'relations', 'roles', 'functions', 'columns'],
  evaluate({ facts }) {
    const entries = apiPolicies(facts);
    const findings: FindingDraft[] = [];
    for (const { policy } of entries) {
      const table = qualified(policy.schema, policy.table);
      const object = policyRef(policy);
      if (asksRole(policy.using) || asksRole(policy.check)) {
        const sql = rewrite(policy);
        findings.push({
          object,
          severity: 'medium',
          discriminator: 'auth.role',
          message: `policy “${policy.name}” on ${table} asks auth.role(), which is deprecated and lets anonymous sign-ins pass as authenticated`,
          detail: `USING (${policy.using ?? '–'}), WITH CHECK (${policy.check ?? '–'})`,
          fix: {
            sql,
            command: sql === null ? 'rewrite the policy with TO and without auth.role()' : null,
            url: RLS_DOCS,
          },
        });
        continue;
      }
      if (!policy.permissive || !policy.roles.includes('public')) continue;
      const deciding = decidingExpression(policy, policy.command === 'insert' ? 'insert' : 'select');
      if (deciding === null || verdictOf(deciding, callerOf(facts, 'anon')) !== 'never') continue;
      if (verdictOf(deciding, callerOf(facts, 'authenticated')) === 'never') continue;
      findings.push({
        object,
        severity: 'low',
        discriminator: 'to',
        message: `policy “${policy.name}” on ${table} has no TO: it is worked out for visitors without a session too, who can never pass it`,
        detail: `its roles are public; ${deciding} cannot be true for anon`,
        fix: { sql: alterPolicy(policy, { to: 'authenticated' }), url: RLS_DOCS },
      });
    }
    return evaluated(entries.length, 'policy', findings);
  },
});
