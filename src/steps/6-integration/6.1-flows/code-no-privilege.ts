import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import {
  API_ROLES,
  accessOf,
  canExecute,
  EXPOSURE,
  exposedSchemas,
  policiesOf,
  roleClosure,
  schemaUsage,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { applies, decidingExpression, type Operation } from '../../lib/policy-tree.ts';
import { functionRef, functionSql, isUsers, relationRef } from '../../lib/refs.ts';
import { keyOf } from '../../lib/tables.ts';
import { type CodeCall, callLocation, functionsFor, lookUp, places } from '../code-objects.ts';

/** Roles a call may run as: the secret key's when it is made with that, else a visitor's; where nobody can tell, any of them. */
function rolesOf(call: CodeCall): readonly string[] {
  if (call.secretKey === true) return ['service_role'];
  if (call.secretKey === false || call.side === 'client') return API_ROLES;
  return [...API_ROLES, 'service_role'];
}

const NEEDS: Readonly<Record<string, readonly Operation[]>> = {
  select: ['select'],
  insert: ['insert'],
  update: ['update'],
  upsert: ['insert', 'update'],
  delete: ['delete'],
};

export const codeNoPrivilege = defineCheck({
  id: 'code-no-privilege',
  rev: 1,
  title: 'Whoever runs the code may do what it does',
  why: 'Without a grant the call is refused (42501); without a policy it quietly changes or returns nothing.',
  severity: 'blocker',
  source:
    'CATALOGUE 6.1 code-no-privilege; PostgreSQL docs, GRANT and CREATE POLICY; Supabase changelog on default grants (2026)',
  remedy: 'Grant the privilege and write the policy the flow needs, or take the call out of the code.',
  falseAlarms:
    'A call is found only when no role it may run as can do it; with the secret key only grants count. A policy that speaks to the role counts as letting rows pass, whatever it asks. A table without any policy is the finding of rls-enabled-no-policy.',
  needs: ['repoCode', 'repoConfig', ...EXPOSURE],
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const found = new Map<string, { draft: FindingDraft; calls: CodeCall[] }>();
    const add = (key: string, call: CodeCall, draft: () => FindingDraft) => {
      const known = found.get(key);
      if (known) known.calls.push(call);
      else found.set(key, { draft: draft(), calls: [call] });
    };
    let looked = 0;
    for (const call of facts.repoCode.calls) {
      if (call.target.dynamic || call.target.value === null) continue;
      const roles = rolesOf(call);
      if (call.kind === 'rpc') {
        const overloads = functionsFor(facts, call);
        const [first] = overloads;
        if (!first) continue;
        looked++;
        const can = overloads.some((fn) =>
          roles.some((role) => schemaUsage(facts, role, fn.schema) && canExecute(facts, role, fn)),
        );
        if (can) continue;
        const grantee = roles.includes('authenticated') ? 'authenticated' : 'service_role';
        add(`rpc ${keyOf(first.schema, first.name)}`, call, () => ({
          object: functionRef(first),
          message: `the code calls ${qualified(first.schema, first.name)}, which ${nobodyMay(roles)} execute: the call always fails`,
          fix: {
            sql: [
              ...(schemaUsage(facts, grantee, first.schema)
                ? []
                : [`grant usage on schema ${quoteIdent(first.schema)} to ${grantee}`]),
              `grant execute on ${functionSql(first)} to ${grantee}`,
            ].join(';\n'),
          },
          location: callLocation(call),
        }));
        continue;
      }
      const operations = call.kind === 'from' ? NEEDS[call.operation] : undefined;
      const target = operations ? lookUp(facts, call) : null;
      if (!operations || target?.state !== 'found' || !isUsers(target.relation)) continue;
      looked++;
      for (const operation of operations) {
        const access = roles.map((role) => accessOf(facts, role, target.relation, operation));
        if (access.some(({ rows }) => rows !== 'none')) continue;
        const refused = access.every(({ because }) => because === 'no-privilege' || because === 'no-schema-usage');
        if (!refused && mayPass(facts, roles, target.relation, operation)) continue;
        const grantee = roles.includes('authenticated') ? 'authenticated' : 'service_role';
        const { relation } = target;
        add(`${keyOf(relation.schema, relation.name)} ${operation} ${grantee}`, call, () => ({
          object: relationRef(relation),
          message: `the code does ${operation.toUpperCase()} on ${qualified(relation.schema, relation.name)}, which ${nobodyMay(roles)}: ${
            refused ? 'it is refused with 42501' : 'no policy lets a row pass'
          }`,
          fix: {
            sql: refused ? grantSql(facts, relation, operation, grantee) : null,
            command: `${refused ? 'if the flow is meant, grant it and see that a policy limits the rows' : `write a policy for ${operation} on ${qualified(relation.schema, relation.name)}`}; else take the call out`,
          },
          location: callLocation(call),
          discriminator: `${operation} ${grantee}`,
        }));
      }
    }
    const findings = [...found.values()].map(({ draft, calls }) => ({
      ...draft,
      // A script that nobody runs any more breaks nothing of the product.
      ...(calls.every(({ path }) => /(^|\/)scripts?\//.test(path)) && { severity: 'medium' as const }),
      detail: `Called at ${places(calls)}.`,
    }));
    return evaluated(looked, 'call', findings);
  },
});

function nobodyMay(roles: readonly string[]): string {
  if (roles.length === 1) return 'the secret key may not';
  return roles.includes('service_role') ? 'no role of the API may' : 'no user of the API may';
}

/**
 * Whether some row may pass after all, as far as this check claims: a policy speaks to one of the roles and is not plainly
 * `false`, the table has no policy at all (rls-enabled-no-policy says so), or it is a view, whose rows its tables decide.
 */
function mayPass(
  facts: Parameters<typeof policiesOf>[0] & Parameters<typeof roleClosure>[0],
  roles: readonly string[],
  relation: Relation,
  operation: Operation,
): boolean {
  const policies = policiesOf(facts, relation);
  if (!relation.rls || policies.length === 0) return true;
  return policies.some(
    (policy) =>
      policy.permissive &&
      decidingExpression(policy, operation) !== 'false' &&
      roles.some((role) => applies(policy, operation, roleClosure(facts, role))),
  );
}

function grantSql(
  facts: Parameters<typeof schemaUsage>[0],
  relation: Relation,
  operation: Operation,
  grantee: string,
): string {
  const usage = schemaUsage(facts, grantee, relation.schema)
    ? []
    : [`grant usage on schema ${quoteIdent(relation.schema)} to ${grantee}`];
  return [...usage, `grant ${operation} on ${qualified(relation.schema, relation.name)} to ${grantee}`].join(';\n');
}
