import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { bareCalls, wrapped } from './bare-calls.ts';

export const authRlsInitplan = defineCheck({
  id: 'auth-rls-initplan',
  rev: 1,
  title: 'Policies ask once who the caller is, not for every row',
  why: 'A bare auth.uid() in a policy runs for each row that is looked at; on a large table that turns milliseconds into seconds.',
  severity: 'medium',
  aliases: ['auth_rls_initplan'],
  source:
    'Supabase lint 0003 auth_rls_initplan, on the expression’s tree; Supabase docs, “RLS performance and best practices”',
  remedy: 'Wrap each call: `(select auth.uid())` instead of `auth.uid()`.',
  falseAlarms:
    'Each call is judged by itself, so that one wrapped call does not hide a bare one; a helper whose arguments come from the row must run for each row and is not reported.',
  matrix: 'Indexes',
  needs: ['policies', 'functions'],
  evaluate({ facts }) {
    const findings = facts.policies.flatMap((policy): FindingDraft[] => {
      const using = policy.using === null ? [] : bareCalls(policy.using, facts.functions);
      const check = policy.check === null ? [] : bareCalls(policy.check, facts.functions);
      const calls = [...using, ...check];
      if (calls.length === 0) return [];
      const table = qualified(policy.schema, policy.table);
      const object = objectRef('policy', policy.schema, policy.name, { table: policy.table });
      const parts = [
        using.length > 0 && policy.using !== null ? `using (${wrapped(policy.using, using)})` : '',
        check.length > 0 && policy.check !== null ? `with check (${wrapped(policy.check, check)})` : '',
      ].filter((part) => part !== '');
      const names = [...new Set(calls.map(({ text }) => text))].join(', ');
      return [
        {
          object,
          message: `the policy ${quoteIdent(policy.name)} of ${table} calls ${names} again for every row: queries slow down as the table grows`,
          detail: `${calls.length === 1 ? 'The call is' : `${calls.length} calls are`} not inside a sub-select of ${calls.length === 1 ? 'its' : 'their'} own.`,
          fix: { sql: `alter policy ${quoteIdent(policy.name)} on ${table} ${parts.join(' ')}` },
        },
      ];
    });
    return evaluated(facts.policies.length, 'policy', findings);
  },
});
