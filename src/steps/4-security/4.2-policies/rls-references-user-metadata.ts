import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { writtenPolicies } from '../../lib/api-policies.ts';
import { alterPolicy } from '../../lib/policy-fix.ts';
import { functionRef, policyRef } from '../../lib/refs.ts';
import { expressionTree, throughFunctions } from '../../lib/sql-tree.ts';
import { metadataIn } from '../../lib/user-metadata.ts';
import { LINT_DOCS } from '../shared.ts';

function rewritten(expression: string | null): string | null {
  return (
    expression
      ?.replaceAll("'user_metadata'", "'app_metadata'")
      .replaceAll('{user_metadata', '{app_metadata')
      .replaceAll('raw_user_meta_data', 'raw_app_meta_data') ?? null
  );
}

export const rlsReferencesUserMetadata = defineCheck({
  id: 'rls-references-user-metadata',
  rev: 2,
  title: 'No policy trusts what users can write about themselves',
  why: 'user_metadata is the user’s own note: supabase.auth.updateUser() sets role = admin there, and a policy that reads it makes them one.',
  severity: 'blocker',
  aliases: ['rls_references_user_metadata'],
  source: 'splinter lint 0015; Supabase, Managing user data: user_metadata can be changed by the user',
  remedy:
    'Keep roles in app_metadata (written with the secret key only) or in a table of your own that users cannot write.',
  falseAlarms:
    'Found in the policy’s tree, through helper functions and through auth.users; a column or text that merely has the same name elsewhere is not meant.',
  matrix: 'RLS',
  needs: ['policies', 'relations', 'roles', 'functions'],
  evaluate({ facts }) {
    const entries = writtenPolicies(facts);
    const findings: FindingDraft[] = [];
    for (const { policy, relation } of entries) {
      let hit: { what: string; fn: FunctionFact | null } | null = null;
      for (const expression of [policy.using, policy.check]) {
        const tree = expression === null ? null : expressionTree(expression);
        if (!tree || hit) continue;
        for (const { tree: part, fn } of throughFunctions(tree, facts.functions)) {
          const what = metadataIn(part);
          if (what && !hit) hit = { what, fn };
        }
      }
      if (!hit) continue;
      const object = policyRef(policy);
      const helper = hit.fn ? describeObject(functionRef(hit.fn)) : null;
      const where = helper
        ? `read in function ${helper}, which the policy calls`
        : `read in ${policy.using && metadataIn(expressionTree(policy.using)) ? 'USING' : 'WITH CHECK'} of the policy`;
      findings.push({
        object,
        message: `policy “${policy.name}” on ${qualified(policy.schema, policy.table)} trusts ${hit.what}, which every user can rewrite: any signed-in user can give themselves what it grants`,
        detail: relation.rls ? where : `${where}; it holds as soon as row level security is switched on for the table`,
        fix: {
          sql: helper ? null : alterPolicy(policy, { using: rewritten(policy.using), check: rewritten(policy.check) }),
          command: helper ? `rewrite ${helper} to read app_metadata (raw_app_meta_data)` : null,
          url: `${LINT_DOCS}?lint=0015_rls_references_user_metadata`,
        },
      });
    }
    return evaluated(entries.length, 'policy', findings);
  },
});
