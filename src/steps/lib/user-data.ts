import type { Constraint } from '../../core/facts.ts';
import { userForeignKeys } from './foreign-keys.ts';
import { perFacet } from './memo.ts';
import { groupBy, keyOf } from './tables.ts';

/** Tables (keyOf) from which a path of foreign keys leads to auth.users: their rows belong to somebody. */
export const tablesOfUsers: (constraints: readonly Constraint[]) => ReadonlySet<string> = perFacet(ownedByUsers);

function ownedByUsers(constraints: readonly Constraint[]): ReadonlySet<string> {
  const children = groupBy(userForeignKeys(constraints), ({ references }) =>
    keyOf(references.schema, references.table),
  );
  const found = new Set<string>();
  const open = [keyOf('auth', 'users')];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of children.get(next) ?? []) {
      const key = keyOf(child.schema, child.table);
      if (found.has(key)) continue;
      found.add(key);
      open.push(key);
    }
  }
  return found;
}
