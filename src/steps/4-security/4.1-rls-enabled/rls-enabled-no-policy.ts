import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { API_ROLES, EXPOSURE, exposedSchemas, holds, policiesOf } from '../../lib/exposure.ts';
import { OPERATIONS } from '../../lib/policy-tree.ts';
import { isDeclared, isUsers, relationRef } from '../../lib/refs.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

export const rlsEnabledNoPolicy = defineCheck({
  id: 'rls-enabled-no-policy',
  rev: 1,
  title: 'A table closed to API roles by row level security without a policy is meant to be closed',
  why: 'Row level security without a policy lets no row through: right for tables only the server touches, a broken screen where the app reads them.',
  severity: 'low',
  aliases: ['rls_enabled_no_policy'],
  source: 'splinter lint 0008; PostgreSQL, 5.9 Row Security Policies: without a policy the default is deny',
  remedy:
    'If only server code uses the table, declare it in serverOnlyTables (and revoke the API roles’ privileges). If the app reads it with a user’s session, write the policy it needs.',
  falseAlarms:
    'Nothing leaks here. It is high only where browser code of the repository reads the table, silent where the table is declared server-only.',
  matrix: 'RLS',
  aspect: 'rls',
  needs: EXPOSURE,
  uses: [...SHARPENED, 'repoCode'],
  evaluate({ facts }) {
    const tables = facts.relations.filter(
      (relation) =>
        (relation.kind === 'table' || relation.kind === 'partitioned table') && isUsers(relation) && relation.rls,
    );
    const findings: FindingDraft[] = [];
    for (const relation of tables) {
      if (policiesOf(facts, relation).length > 0 || relation.partitionOf) continue;
      if (isDeclared(facts.declared?.serverOnlyTables, relation)) continue;
      const exposed = exposedSchemas(facts);
      if (exposed && !exposed.includes(relation.schema)) continue;
      const table = qualified(relation.schema, relation.name);
      const call = facts.repoCode?.calls.find(
        (entry) =>
          entry.kind === 'from' &&
          entry.side === 'client' &&
          entry.target.value === relation.name &&
          (entry.schema ?? 'public') === relation.schema,
      );
      const held = API_ROLES.filter((role) => OPERATIONS.some((operation) => holds(facts, role, relation, operation)));
      const object = relationRef(relation);
      findings.push({
        object,
        severity: call ? 'high' : held.length > 0 ? 'low' : 'info',
        message: call
          ? `browser code reads ${table}, but row level security is on without a policy: it gets no row at all`
          : `${table} has row level security on and no policy: only roles that bypass it (service_role) reach a row`,
        detail: call
          ? `${call.path}:${call.line} calls from('${relation.name}') in the browser`
          : held.length > 0
            ? `${held.join(' and ')} still hold privileges that lead nowhere`
            : 'no API role holds a privilege either',
        fix: {
          sql: !call && held.length > 0 ? `revoke all on ${table} from anon, authenticated;` : null,
          command: call
            ? 'write the policy this call needs'
            : 'declare the table in serverOnlyTables of supaready.config.json',
          url: RLS_DOCS,
        },
      });
    }
    return evaluated(tables.length, 'table with row level security', findings, 'tables with row level security');
  },
});
