import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { qualified } from '../../../core/text.ts';
import { apiPolicies } from '../../lib/api-policies.ts';
import {
  callerOf,
  columnsOf,
  EXPOSURE,
  exposedSchemas,
  holds,
  holdsColumn,
  policyRows,
  reachesSchema,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { ownerColumns } from '../../lib/owners.ts';
import { ownRowsFix } from '../../lib/policy-fix.ts';
import { isDeclared, listed, policyRef } from '../../lib/refs.ts';
import { holdsCredential, holdsIdentity, holdsPersonal } from '../../lib/sensitive-names.ts';
import { verdictOf } from '../../lib/truth.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

export const policyAnyAuthenticated = defineCheck({
  id: 'policy-any-authenticated',
  rev: 1,
  title: 'Being signed in is not enough to read other users’ rows',
  why: 'Signing up is free: a policy that asks only for a session shows every user’s rows to whoever makes an account.',
  severity: 'high',
  source: 'Supabase, Row Level Security: policies with auth.uid(); CATALOGUE 4.2',
  remedy: 'Compare the owner column with (select auth.uid()), or ask a membership table.',
  falseAlarms:
    'Only tables with an owner column, or with a column that holds a credential. USING (true) TO authenticated on a table without personal data is low: sharing among users may be meant. Tables declared in publicTables are silent.',
  matrix: 'RLS',
  aspect: 'using',
  needs: [...EXPOSURE, 'constraints'],
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const entries = apiPolicies(facts).filter(({ policy }) => policy.permissive && policy.command === 'select');
    const findings: FindingDraft[] = [];
    for (const { policy, relation, roles } of entries) {
      const { using } = policy;
      if (using === null || !roles.includes('authenticated') || isDeclared(facts.declared?.publicTables, relation))
        continue;
      if (verdictOf(using, callerOf(facts, 'authenticated')) !== 'always') continue;
      const anonToo = roles.includes('anon') && verdictOf(using, callerOf(facts, 'anon')) === 'always';
      if (anonToo || policyRows(facts, 'authenticated', relation, 'select').rows !== 'all') continue;
      if (!holds(facts, 'authenticated', relation, 'select') || !reachesSchema(facts, 'authenticated', relation.schema))
        continue;
      const readable = columnsOf(facts, relation).filter((column) =>
        holdsColumn(facts, 'authenticated', relation, column.name, 'select'),
      );
      const secret = readable
        .filter((column) => holdsCredential(column) || holdsIdentity(column))
        .map((column) => column.name);
      const personal = readable.filter(holdsPersonal).map((column) => column.name);
      const owner = ownerColumns(facts, relation)[0];
      if (owner === undefined && secret.length === 0) continue;
      // The condition itself asks for a session: meant as protection, and it protects nothing.
      const meantAsGuard = verdictOf(using, callerOf(facts, 'anon')) === 'never';
      const severity: Severity = secret.length > 0 || personal.length > 0 || meantAsGuard ? 'high' : 'low';
      const shown = secret.length > 0 ? secret : personal;
      const object = policyRef(policy);
      findings.push({
        object,
        severity,
        message: `policy “${policy.name}” lets any signed-in user read every row of ${qualified(relation.schema, relation.name)}${owner === undefined ? '' : `, whoever’s they are (${owner})`}${shown.length > 0 ? `, with ${listed(shown)}` : ''}`,
        detail: `USING (${using}) is true for every session`,
        fix: { sql: ownRowsFix(policy, owner), url: RLS_DOCS },
      });
    }
    return evaluated(entries.length, 'read policy', findings);
  },
});
