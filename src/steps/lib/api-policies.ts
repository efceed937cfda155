import type { Facts, FunctionFact, Policy, Relation } from '../../core/facts.ts';
import { API_ROLES, type ApiRole, relationNamed, roleClosure } from './exposure.ts';
import { perFacet } from './memo.ts';
import { isUsers } from './refs.ts';
import { callsIn, expressionTree, resolveCall } from './sql-tree.ts';

/** A policy on one of the project's own tables, and the API roles it speaks to. */
export interface ApiPolicy {
  policy: Policy;
  relation: Relation;
  roles: readonly ApiRole[];
}

/**
 * Policies on the project's tables with row level security on, that say something to anon or authenticated. Policies for
 * service_role, supabase_auth_admin and other roles give nothing away over the Data API and are left out.
 */
export function apiPolicies(facts: PolicyFacts): readonly ApiPolicy[] {
  return known(facts).inForce;
}

/** The same, with policies that wait for row level security to be switched on. */
export function writtenPolicies(facts: PolicyFacts): readonly ApiPolicy[] {
  return known(facts).written;
}

function known(facts: PolicyFacts): Entry {
  const before = entries.get(facts.policies);
  if (before && before.relations === facts.relations && before.roles === facts.roles) return before;
  const written = writtenPoliciesOf(facts);
  const inForce = written.filter(({ relation }) => relation.rls);
  const entry = { relations: facts.relations, roles: facts.roles, written, inForce };
  entries.set(facts.policies, entry);
  return entry;
}

type PolicyFacts = Pick<Facts, 'policies' | 'relations' | 'roles'>;
type Entry = Omit<PolicyFacts, 'policies'> & { written: readonly ApiPolicy[]; inForce: readonly ApiPolicy[] };
const entries = new WeakMap<Facts['policies'], Entry>();

function writtenPoliciesOf(facts: PolicyFacts): ApiPolicy[] {
  const closures = API_ROLES.map((role) => ({ role, closure: roleClosure(facts, role) }));
  const found: ApiPolicy[] = [];
  for (const policy of facts.policies) {
    const relation = relationNamed(facts, policy.schema, policy.table);
    if (!relation || !isUsers(relation)) continue;
    const roles = closures
      .filter(({ closure }) => policy.roles.some((role) => closure.has(role)))
      .map(({ role }) => role);
    if (roles.length > 0) found.push({ policy, relation, roles });
  }
  return found;
}

/** Every expression of every policy, with the functions each calls. */
const helpers = perFacet((policies: readonly Policy[]) => {
  const calls = policies.flatMap((policy) =>
    [policy.using, policy.check].flatMap((text) => (text === null ? [] : callsIn(expressionTree(text)))),
  );
  return calls;
});

/** The user's functions that policies call: API roles must be able to run them, or no policy could. */
export function policyHelpers(facts: Pick<Facts, 'policies' | 'functions'>): Set<FunctionFact> {
  return new Set(helpers(facts.policies).flatMap((call) => resolveCall(facts.functions, call)));
}
