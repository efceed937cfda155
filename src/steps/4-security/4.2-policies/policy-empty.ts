import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { apiPolicies } from '../../lib/api-policies.ts';
import { policyRef } from '../../lib/refs.ts';
import { RLS_DOCS } from '../shared.ts';

export const policyEmpty = defineCheck({
  id: 'policy-empty',
  rev: 1,
  title: 'Every permissive policy has a condition',
  why: 'PostgreSQL reads a policy without an expression as “nobody”: the feature it was written for gets no rows, without any error.',
  severity: 'medium',
  source:
    'PostgreSQL, CREATE POLICY and rewrite/rowsecurity.c: a policy without qualification adds nothing to the permissive ones',
  remedy: 'Give the policy the USING or WITH CHECK that it is missing, or drop it.',
  falseAlarms: 'Splinter reads such a policy as “allows all”; PostgreSQL denies, and so do we.',
  matrix: 'RLS',
  needs: ['policies', 'relations', 'roles'],
  evaluate({ facts }) {
    const entries = apiPolicies(facts).filter(({ policy }) => policy.permissive);
    const findings: FindingDraft[] = [];
    for (const { policy } of entries) {
      const empty =
        policy.command === 'insert'
          ? policy.check === null
          : policy.using === null && (policy.command !== 'all' || policy.check === null);
      if (!empty) continue;
      const object = policyRef(policy);
      const clause = policy.command === 'insert' ? 'WITH CHECK' : 'USING';
      findings.push({
        object,
        message: `policy “${policy.name}” on ${qualified(policy.schema, policy.table)} has no ${clause}: it lets nobody ${policy.command === 'all' ? 'do anything' : policy.command}, so what it was meant for does not work`,
        detail: 'the policy is permissive and carries no expression (polqual and polwithcheck are null)',
        fix: { command: `add the ${clause} it is missing, or drop the policy`, url: RLS_DOCS },
      });
    }
    return evaluated(entries.length, 'permissive policy', findings);
  },
});
