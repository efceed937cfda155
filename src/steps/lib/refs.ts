import type { FunctionFact, Policy, Relation } from '../../core/facts.ts';
import { type ObjectRef, objectRef } from '../../core/object.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import type { ApiRole } from './exposure.ts';

/** Names a relation as findings do: a partitioned table is a table. */
export function relationRef(relation: Pick<Relation, 'schema' | 'name' | 'kind'>): ObjectRef {
  return objectRef(relation.kind === 'partitioned table' ? 'table' : relation.kind, relation.schema, relation.name);
}

export function policyRef(policy: Policy): ObjectRef {
  return objectRef('policy', policy.schema, policy.name, { table: policy.table });
}

export function functionRef(fn: FunctionFact): ObjectRef {
  return objectRef(fn.kind === 'procedure' ? 'procedure' : 'function', fn.schema, fn.name, { signature: fn.arguments });
}

/** `public.f(uuid)`, as DROP, GRANT and ALTER want it, after the word FUNCTION or PROCEDURE. */
export function functionSql(fn: FunctionFact): string {
  return `${fn.kind === 'procedure' ? 'procedure' : 'function'} ${qualified(fn.schema, fn.name)}(${fn.arguments})`;
}

/** `policy "p" on public.t`, as ALTER and DROP want it. */
export function policySql(policy: Policy): string {
  return `policy ${quoteIdent(policy.name)} on ${qualified(policy.schema, policy.table)}`;
}

/** True when `schema.table` (or `table` of schema public) stands in a list of the configuration. */
export function isDeclared(list: readonly string[] | undefined, relation: { schema: string; name: string }): boolean {
  if (!list) return false;
  return (
    list.includes(`${relation.schema}.${relation.name}`) ||
    (relation.schema === 'public' && list.includes(relation.name))
  );
}

/** Relations the project made and answers for. */
export function isUsers(object: { platform: boolean; extension: string | null }): boolean {
  return !object.platform && object.extension === null;
}

/** `a`, `a and b`, `a, b and c`; beyond `limit` names, `a, b and 7 more`. */
export function listed(names: readonly string[], limit = 8): string {
  const shown = names.length > limit ? [...names.slice(0, limit - 1), `${names.length - limit + 1} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Who is meant by some API roles, in plain words. */
export function whoOf(roles: readonly ApiRole[]): string {
  if (roles.includes('anon')) return 'anyone with the publishable key';
  return roles.length > 0 ? 'any signed-in user' : 'nobody';
}
