import type { Facts, Policy } from '../../core/facts.ts';
import { API_ROLES, type ApiRole, roleClosure } from './exposure.ts';
import { applies, decidingExpression, type Operation } from './policy-tree.ts';
import { expressionTree, stringsIn } from './sql-tree.ts';
import { verdictOf } from './truth.ts';

type Needed = Pick<Facts, 'policies' | 'roles' | 'functions' | 'storage'>;

/** Permissive policies on storage.objects. */
export function objectPolicies(facts: Pick<Facts, 'policies'>): Policy[] {
  return facts.policies.filter(
    (policy) => policy.schema === 'storage' && policy.table === 'objects' && policy.permissive,
  );
}

/** Buckets a policy speaks of: those that exist, and names in its expressions (a bucket may be made elsewhere). */
function bucketNames(facts: Needed, policy: Policy): string[] {
  const named = [policy.using, policy.check].flatMap((text) => (text === null ? [] : stringsIn(expressionTree(text))));
  return [...new Set([...(facts.storage?.buckets.map((bucket) => bucket.id) ?? []), ...named])];
}

/** How far a policy lets a role go: nowhere, some objects, every object of some buckets, or everything. */
export interface StorageReach {
  role: ApiRole;
  operation: Operation;
  everything: boolean;
  /** Buckets of which every object passes, whatever its path or owner. */
  buckets: readonly string[];
  /** Some objects may pass, depending on path, owner or other data. */
  some: boolean;
}

/** What one policy on storage.objects gives each API role for an operation; roles that get nothing are left out. */
export function storageReach(facts: Needed, policy: Policy, operation: Operation): StorageReach[] {
  const expression = decidingExpression(policy, operation);
  if (expression === null) return [];
  const { functions } = facts;
  const found: StorageReach[] = [];
  for (const role of API_ROLES) {
    if (!applies(policy, operation, roleClosure(facts, role))) continue;
    const verdict = verdictOf(expression, { role, functions });
    if (verdict === 'never') continue;
    const buckets = bucketNames(facts, policy).filter(
      (bucket) => verdictOf(expression, { role, functions, columns: new Map([['bucket_id', bucket]]) }) === 'always',
    );
    found.push({
      role,
      operation,
      everything: verdict === 'always',
      buckets,
      some: verdict === 'sometimes' && buckets.length === 0,
    });
  }
  return found;
}
