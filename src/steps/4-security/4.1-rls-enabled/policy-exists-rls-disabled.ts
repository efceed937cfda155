import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified } from '../../../core/text.ts';
import { API_ROLES, EXPOSURE, exposedSchemas, holds, policiesOf, schemaUsage } from '../../lib/exposure.ts';
import { OPERATIONS } from '../../lib/policy-tree.ts';
import { isUsers, listed, relationRef } from '../../lib/refs.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

export const policyExistsRlsDisabled = defineCheck({
  id: 'policy-exists-rls-disabled',
  rev: 1,
  title: 'A table with policies has row level security on, so that they count',
  why: 'PostgreSQL ignores every policy of a table whose row level security is off, so the team believes rows are guarded that are not.',
  severity: 'blocker',
  aliases: ['policy_exists_rls_disabled'],
  source: 'splinter lint 0007; PostgreSQL, CREATE POLICY: policies apply only when row level security is enabled',
  remedy: 'Enable row level security on the table.',
  falseAlarms: 'Where no API role can reach the table at all, the finding is medium: the policies are still dead.',
  matrix: 'RLS',
  aspect: 'rls',
  needs: EXPOSURE,
  uses: SHARPENED,
  evaluate({ facts }) {
    const tables = facts.relations.filter((relation) => isUsers(relation) && policiesOf(facts, relation).length > 0);
    const findings: FindingDraft[] = [];
    for (const relation of tables) {
      if (relation.rls) continue;
      const table = qualified(relation.schema, relation.name);
      const policies = policiesOf(facts, relation);
      const served = exposedSchemas(facts)?.includes(relation.schema) ?? true;
      const reached =
        served &&
        API_ROLES.some(
          (role) =>
            schemaUsage(facts, role, relation.schema) &&
            OPERATIONS.some((operation) => holds(facts, role, relation, operation)),
        );
      const object = relationRef(relation);
      findings.push({
        object,
        severity: reached ? 'blocker' : 'medium',
        message: `${table} has ${counted(policies.length, 'policy')} but row level security is off: none of them guards a row`,
        detail: `policies ${listed(policies.map((policy) => `“${policy.name}”`))}; relrowsecurity is false`,
        fix: { sql: `alter table ${table} enable row level security;`, url: RLS_DOCS },
      });
    }
    return evaluated(tables.length, 'table with policies', findings, 'tables with policies');
  },
});
