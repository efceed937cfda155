import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { callers } from '../../lib/api-functions.ts';
import { API_ROLES, accessOf, exposedSchemas, UNKNOWN_EXPOSURE } from '../../lib/exposure.ts';
import { OPERATIONS } from '../../lib/policy-tree.ts';
import { functionRef, functionSql, isDeclared, isUsers, relationRef } from '../../lib/refs.ts';
import { keyOf } from '../../lib/tables.ts';
import { embedded, lookUp } from '../code-objects.ts';

export const exposedUnused = defineCheck({
  id: 'exposed-unused',
  rev: 1,
  title: 'The Data API offers only what the code uses',
  why: 'What nobody calls is still open to everybody: one forgotten policy on it and it leaks unnoticed.',
  severity: 'low',
  source: 'CATALOGUE 6.1 exposed-unused; Supabase docs, “Securing your API”',
  remedy: 'Revoke it from anon and authenticated, or move it to a schema the API does not serve.',
  falseAlarms:
    'Left out: tables that Prisma or Drizzle may read, what policies, views, defaults and functions name, and tables declared public. Another repository’s calls are not seen.',
  needs: [
    'repoCode',
    'repoConfig',
    'repoProject',
    'database',
    'roles',
    'schemas',
    'relations',
    'columns',
    'constraints',
    'policies',
    'functions',
    'views',
    'triggers',
  ],
  uses: ['declared'],
  evaluate({ facts }) {
    const exposed = exposedSchemas(facts);
    if (exposed === null) return skipped(UNKNOWN_EXPOSURE);
    const calls = facts.repoCode.calls.filter(
      ({ kind }) => kind === 'from' || kind === 'rpc' || kind === 'postgres_changes',
    );
    if (calls.length === 0) return notApplicable('the repository calls no table or function of the Data API');
    if (calls.some(({ target }) => target.dynamic)) {
      return skipped('some calls name their target only at run time (dynamic-call), so none can be called unused');
    }
    const used = usedNames(facts);
    const findings: FindingDraft[] = [];
    const relations = facts.repoProject.orms.length > 0 ? [] : facts.relations;
    let looked = 0;
    for (const relation of relations) {
      if (!isUsers(relation) || relation.partitionOf !== null || !exposed.includes(relation.schema)) continue;
      const roles = API_ROLES.filter((role) =>
        OPERATIONS.some((operation) => accessOf(facts, role, relation, operation).rows !== 'none'),
      );
      if (roles.length === 0) continue;
      looked++;
      if (used.has(keyOf(relation.schema, relation.name)) || isDeclared(facts.declared?.publicTables, relation))
        continue;
      findings.push({
        object: relationRef(relation),
        message: `${qualified(relation.schema, relation.name)} is open to ${roles.join(' and ')} over the Data API, and no code uses it`,
        detail: 'No call of the repository names or embeds it.',
        fix: { sql: `revoke all on ${qualified(relation.schema, relation.name)} from ${API_ROLES.join(', ')}` },
      });
    }
    for (const fn of facts.functions) {
      if (!isUsers(fn) || fn.trigger !== null || fn.kind === 'aggregate' || !exposed.includes(fn.schema)) continue;
      const roles = callers(facts, fn);
      if (roles.length === 0) continue;
      looked++;
      if (calls.some((call) => call.kind === 'rpc' && call.target.value === fn.name) || namedInDatabase(facts, fn))
        continue;
      findings.push({
        object: functionRef(fn),
        message: `${qualified(fn.schema, fn.name)} can be called by ${roles.join(' and ')} over the Data API, and no code does`,
        detail: 'No call of the repository names it, nor does a policy, view, default or function.',
        fix: { sql: `revoke execute on ${functionSql(fn)} from public, ${API_ROLES.join(', ')}` },
      });
    }
    return evaluated(looked, 'exposed object', findings);
  },
});

type Needed = Pick<
  Facts,
  'repoCode' | 'repoConfig' | 'database' | 'relations' | 'constraints' | 'functions' | 'views' | 'policies' | 'columns'
>;

function usedNames(facts: Needed): Set<string> {
  const used = new Set<string>();
  for (const call of facts.repoCode.calls) {
    if (call.kind !== 'from' && call.kind !== 'postgres_changes') continue;
    const found = lookUp(facts, call);
    if (found.state === 'missing') continue;
    used.add(keyOf(found.relation.schema, found.relation.name));
    for (const { relation } of call.columns) {
      let parent = found.relation;
      for (const step of relation?.split('.') ?? []) {
        const next = embedded(facts, parent, step);
        if (typeof next === 'string') {
          used.add(keyOf(parent.schema, step));
          break;
        }
        used.add(keyOf(next.schema, next.name));
        parent = next;
      }
    }
  }
  return used;
}

/** Whether the database itself may need the function: its name stands in an expression or a body. A mention is enough to be silent. */
function namedInDatabase(facts: Needed & Pick<Facts, 'triggers'>, fn: { schema: string; name: string }): boolean {
  const named = (text: string | null) => text?.includes(fn.name) ?? false;
  return (
    facts.policies.some(({ using, check }) => named(using) || named(check)) ||
    facts.views.some(({ definition }) => named(definition)) ||
    facts.columns.some((column) => named(column.default)) ||
    facts.constraints.some(({ type, definition }) => type === 'c' && named(definition)) ||
    facts.triggers.some(({ definition }) => named(definition)) ||
    facts.functions.some(
      (other) => (other.name !== fn.name || other.schema !== fn.schema) && !other.platform && named(other.body),
    ) ||
    facts.repoCode.calls.some(({ columns }) =>
      columns.some(({ name, relation }) => name === fn.name || relation === fn.name),
    )
  );
}
