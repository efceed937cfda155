import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Facts, Policy, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { walk } from '../../../core/sql.ts';
import { qualified } from '../../../core/text.ts';
import { apiPolicies } from '../../lib/api-policies.ts';
import { API_ROLES, isInvokerView, policiesOf, relationNamed, roleClosure } from '../../lib/exposure.ts';
import { applies } from '../../lib/policy-tree.ts';
import { policyRef, relationRef } from '../../lib/refs.ts';
import { expressionTree, relationsIn } from '../../lib/sql-tree.ts';
import { keyOf } from '../../lib/tables.ts';
import { viewNamed } from '../../lib/view-tree.ts';

type Needed = Pick<Facts, 'policies' | 'relations' | 'roles' | 'views'>;

/** Tables with policies that a query inside a policy reads; views with the caller's rights are looked through. */
function guardedTables(facts: Needed, policy: Policy): Relation[] {
  const found: Relation[] = [];
  const add = (schema: string, name: string, depth: number) => {
    const relation = relationNamed(facts, schema, name);
    if (!relation) return;
    if (relation.kind === 'view' && isInvokerView(relation) && depth < 8) {
      for (const [below, table] of viewNamed(facts.views, schema, name)?.reads ?? []) add(below, table, depth + 1);
    } else if (relation.rls) found.push(relation);
  };
  for (const expression of [policy.using, policy.check]) {
    if (expression === null) continue;
    for (const use of relationsIn(expressionTree(expression))) add(use.schema ?? policy.schema, use.name, 0);
  }
  return found;
}

function hasSubLink(expression: string | null): boolean {
  if (expression === null) return false;
  let found = false;
  walk(expressionTree(expression), (type) => {
    if (type === 'SubLink') found = true;
    return !found;
  });
  return found;
}

/** The way back to a table whose policies are being worked out, or null. PostgreSQL's own rule: rewriteHandler.c, fireRIRrules. */
function loop(
  facts: Needed,
  closure: ReadonlySet<string>,
  policy: Policy,
  active: readonly Relation[],
): Relation[] | null {
  for (const table of guardedTables(facts, policy)) {
    const readers = policiesOf(facts, table).filter((other) => applies(other, 'select', closure));
    if (!readers.some((other) => hasSubLink(other.using))) continue;
    if (active.includes(table)) return [...active, table];
    for (const reader of readers) {
      const found = loop(facts, closure, reader, [...active, table]);
      if (found) return found;
    }
  }
  return null;
}

const CURE = {
  command:
    'move the inner query into a SECURITY DEFINER function (search_path set, schema not exposed) and call that from the policy',
  url: 'https://supabase.com/docs/guides/database/postgres/row-level-security#use-security-definer-functions',
};

/** How tries of API roles on a table ended; undefined where none were made. */
function outcomesOf(cells: Facts['accessMatrix']['relations'][number]['cells']): Set<string> | undefined {
  const outcomes = new Set(cells.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'not-tried'));
  return outcomes.size > 0 ? outcomes : undefined;
}

export const policyRecursion = defineCheck({
  id: 'policy-recursion',
  rev: 2,
  title: 'No policy asks a table whose policies ask it back',
  why: 'PostgreSQL refuses every query on such a table with 42P17 “infinite recursion detected in policy”: the feature is down for all users.',
  severity: 'blocker',
  source: 'PostgreSQL, rewrite/rewriteHandler.c (fireRIRrules), SQLSTATE 42P17; supabase/cli#5992',
  remedy:
    'Move the question into a SECURITY DEFINER function in a schema that is not exposed, with search_path set, and call it from the policy.',
  falseAlarms:
    'A query inside a function is a query of its own and does not recurse here; definer helper functions are exactly the cure. Where the policies were tried in a copy of the replayed migrations (rls-matrix), PostgreSQL’s own answer decides.',
  matrix: 'RLS',
  needs: ['policies', 'relations', 'roles', 'views'],
  uses: ['accessMatrix'],
  evaluate({ facts }) {
    const tried = new Map(
      facts.accessMatrix?.relations.map((row) => [keyOf(row.schema, row.table), outcomesOf(row.cells)]),
    );
    const entries = apiPolicies(facts);
    const findings: FindingDraft[] = [];
    for (const { policy, relation, roles } of entries) {
      const role = API_ROLES.find((candidate) => roles.includes(candidate));
      const way = role && loop(facts, roleClosure(facts, role), policy, [relation]);
      if (!way) continue;
      // A policy that merely leads to a loop elsewhere is broken by it, but the loop's own policies are the ones to mend.
      if (way.at(-1) !== relation) continue;
      const outcomes = tried.get(keyOf(relation.schema, relation.name));
      if (outcomes && !outcomes.has('recursion')) continue;
      const object = policyRef(policy);
      const path = way.map((table) => qualified(table.schema, table.name)).join(' → ');
      const table = qualified(relation.schema, relation.name);
      findings.push({
        object,
        message: `policy “${policy.name}” on ${table} asks ${way.length === 2 ? 'the table itself' : 'a table that asks back'}: every such query fails with 42P17 (infinite recursion)`,
        detail: `the policies lead ${path}${outcomes ? '; tried, and rolled back: 42P17' : ''}`,
        fix: CURE,
      });
    }
    // What only PostgreSQL saw.
    for (const relation of findings.length > 0 ? [] : new Set(entries.map((entry) => entry.relation))) {
      if (!tried.get(keyOf(relation.schema, relation.name))?.has('recursion')) continue;
      findings.push({
        object: relationRef(relation),
        message: `the policies of ${qualified(relation.schema, relation.name)} recurse: queries on it fail with 42P17 (infinite recursion)`,
        detail: 'tried, and rolled back',
        fix: CURE,
      });
    }
    return evaluated(entries.length, 'policy', findings);
  },
});
