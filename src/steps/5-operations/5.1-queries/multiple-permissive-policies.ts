import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Policy } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { bypassesRls } from '../../lib/exposure.ts';
import { checkExpression, OPERATIONS, type Operation } from '../../lib/policy-tree.ts';
import { groupBy, keyOf, tableRef } from '../../lib/tables.ts';

/** The other policies folded into the first by OR; null when they differ in command or roles, so that a person must write it. */
function merged(policies: readonly Policy[]): string | null {
  const [first, ...rest] = policies;
  if (!first) return null;
  const roles = [...first.roles].sort().join();
  if (rest.some((policy) => policy.command !== first.command || [...policy.roles].sort().join() !== roles)) return null;
  const table = qualified(first.schema, first.table);
  const or = (expressions: (string | null)[]) =>
    expressions
      .filter((expression) => expression !== null)
      .map((expression) => `(${expression})`)
      .join(' or ');
  const using = or(policies.map((policy) => policy.using));
  const explicit = policies.some((policy) => policy.check !== null);
  const check = explicit ? or(policies.map(checkExpression)) : '';
  const parts = [using && `using (${using})`, check && `with check (${check})`].filter(Boolean).join(' ');
  return [
    `alter policy ${quoteIdent(first.name)} on ${table} ${parts}`,
    ...rest.map((policy) => `drop policy ${quoteIdent(policy.name)} on ${table}`),
  ].join(';\n');
}

export const multiplePermissivePolicies = defineCheck({
  id: 'multiple-permissive-policies',
  rev: 1,
  title: 'One permissive policy decides for a role and an operation',
  why: 'PostgreSQL evaluates every permissive policy that applies, for each row; and a rule spread over several is easily loosened by mistake.',
  severity: 'low',
  aliases: ['multiple_permissive_policies'],
  source: 'Supabase lint 0006 multiple_permissive_policies, one finding for a table and operation',
  remedy: 'Merge them with OR into one, or make them apply to different roles (TO).',
  falseAlarms:
    'Policies for roles that bypass row level security (service_role) cost nothing and are left out; restrictive policies are meant to be several.',
  matrix: 'Indexes',
  needs: ['policies', 'roles'],
  evaluate({ facts }) {
    const policies = facts.policies.filter(
      (policy) => policy.permissive && !policy.roles.every((role) => bypassesRls(facts, role)),
    );
    const byTable = groupBy(policies, (policy) => keyOf(policy.schema, policy.table));
    const findings = [...byTable.values()].flatMap((own) =>
      OPERATIONS.flatMap((operation): FindingDraft[] => {
        const overlapping = overlap(own, operation, (role) => bypassesRls(facts, role));
        const first = overlapping.policies[0];
        if (!first || overlapping.policies.length < 2) return [];
        const table = qualified(first.schema, first.table);
        const object = tableRef({ schema: first.schema, name: first.table });
        return [
          {
            object,
            message: `${overlapping.policies.length} permissive policies decide over ${operation.toUpperCase()} on ${table} for ${overlapping.roles.join(', ')}: each is evaluated for every row`,
            detail: overlapping.policies
              .map((policy) => `“${policy.name}” (${policy.command} to ${policy.roles.join(', ')})`)
              .join(', '),
            fix: {
              sql: merged(overlapping.policies),
              command: 'Merge them by OR into one policy, or give each its own roles and operation.',
            },
            discriminator: operation,
          },
        ];
      }),
    );
    return evaluated(byTable.size, 'table with policies', findings, 'tables with policies');
  },
});

/** The policies and roles of a table for which at least two permissive policies apply to one role. */
function overlap(
  policies: readonly Policy[],
  operation: Operation,
  bypasses: (role: string) => boolean,
): { policies: Policy[]; roles: string[] } {
  const applying = policies.filter(({ command }) => command === 'all' || command === operation);
  if (applying.length < 2) return { policies: [], roles: [] };
  const named = [...new Set(applying.flatMap(({ roles }) => roles))].filter((role) => !bypasses(role)).sort();
  const roles = named.filter(
    (role) => applying.filter((policy) => policy.roles.includes(role) || policy.roles.includes('public')).length > 1,
  );
  return {
    policies: applying.filter((policy) =>
      roles.some((role) => policy.roles.includes(role) || policy.roles.includes('public')),
    ),
    roles,
  };
}
