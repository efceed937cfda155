import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { type ApiRole, exposedSchemas, isInvokerView, UNKNOWN_EXPOSURE, who } from '../../lib/exposure.ts';
import { keyOf, relationsByKey } from '../../lib/tables.ts';
import { apiReaders } from '../api-readers.ts';

const AUTH_USERS = keyOf('auth', 'users');

interface Graph {
  relations: ReadonlyMap<string, Relation>;
  views: ReadonlyMap<string, Facts['views'][number]>;
  readableBy: (relation: Relation, role: ApiRole) => boolean;
}

/**
 * Views through which `role` reaches auth.users when it selects from `start`, nearest first; empty when it cannot.
 * A view reads what it names as its owner, unless it is a security invoker: then as the caller, wherever it is nested.
 */
function pathToUsers(graph: Graph, start: string, role: ApiRole, seen: Set<string> = new Set()): string[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const view = graph.views.get(start);
  const relation = graph.relations.get(start);
  if (!view || !relation) return [];
  for (const [schema, name] of view.reads) {
    const target = keyOf(schema, name);
    const targetRelation = graph.relations.get(target);
    const asCaller = !view.materialized && isInvokerView(relation);
    if (asCaller && !(targetRelation && graph.readableBy(targetRelation, role))) continue;
    if (target === AUTH_USERS) return [start];
    const rest = pathToUsers(graph, target, role, seen);
    if (rest.length > 0) return [start, ...rest];
  }
  return [];
}

export const authUsersExposed = defineCheck({
  id: 'auth-users-exposed',
  rev: 1,
  title: 'No view hands out auth.users through the API',
  why: 'auth.users holds e-mail addresses, phone numbers and password hashes; a view reads it with its owner’s rights, so every caller sees every user.',
  severity: 'blocker',
  aliases: ['auth_users_exposed'],
  source: 'Supabase lint 0002 auth_users_exposed, made transitive over views of views',
  remedy:
    'Make the views security invokers, or serve the few columns needed from a table of your own (profiles) with row level security.',
  falseAlarms:
    'A security-invoker view over auth.users fails for API roles, which have no right on it; it is not reported.',
  matrix: 'RLS',
  needs: ['database', 'roles', 'schemas', 'relations', 'columns', 'views'],
  uses: ['repoConfig'],
  evaluate({ facts }) {
    const exposed = exposedSchemas(facts);
    const relations = relationsByKey(facts.relations);
    const views = new Map(facts.views.map((view) => [keyOf(view.schema, view.name), view]));
    const graph: Graph = {
      relations,
      views,
      readableBy: (relation, role) => apiReaders(facts, relation).includes(role),
    };
    const own = facts.views.filter(
      (view) => !view.platform && relations.get(keyOf(view.schema, view.name))?.extension === null,
    );
    if (exposed === null && own.length > 0) return skipped(UNKNOWN_EXPOSURE);
    const findings = own.flatMap((view) => {
      const key = keyOf(view.schema, view.name);
      const relation = relations.get(key);
      if (!relation || !exposed?.includes(view.schema)) return [];
      const roles = apiReaders(facts, relation);
      const paths = roles.map((role) => pathToUsers(graph, key, role)).filter((path) => path.length > 0);
      const path = paths[0];
      if (!path) return [];
      const chain = path.flatMap((step) => {
        const found = views.get(step);
        return found ? [found] : [];
      });
      const object = objectRef(view.materialized ? 'materialized view' : 'view', view.schema, view.name);
      return [
        {
          object,
          message: `${who(roles[0] ?? 'authenticated')} can read users of auth.users through ${qualified(view.schema, view.name)}`,
          detail: `${roles.join(' and ')} may SELECT; it reads ${[...chain.slice(1).map((step) => qualified(step.schema, step.name)), 'auth.users'].join(' → ')} with the owner’s rights.`,
          fix: {
            sql: chain
              .map((step) =>
                step.materialized
                  ? `revoke all on ${qualified(step.schema, step.name)} from public, anon, authenticated`
                  : `alter view ${qualified(step.schema, step.name)} set (security_invoker = on)`,
              )
              .join(';\n'),
          },
        },
      ];
    });
    return evaluated(own.length, 'view', findings);
  },
});
