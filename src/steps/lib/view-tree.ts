import type { Facts, Relation } from '../../core/facts.ts';
import { type Node, parseStatements } from '../../core/sql.ts';
import { perFacet } from './memo.ts';
import { keyOf } from './tables.ts';

const byName = perFacet(
  (relations: readonly Relation[]) =>
    new Map(relations.map((relation) => [keyOf(relation.schema, relation.name), relation])),
);

/** The relation of that name, or undefined. */
export function resolveRelation(relations: readonly Relation[], schema: string, name: string): Relation | undefined {
  return byName(relations).get(keyOf(schema, name));
}

const selects = new Map<string, Record<string, unknown> | null>();

/** The SELECT of a view's definition as a tree, parsed once per text; null when it does not parse. */
export function viewSelect(definition: string): Record<string, unknown> | null {
  const known = selects.get(definition);
  if (known !== undefined) return known;
  const node: Node | undefined = parseStatements(definition)?.[0];
  const select = node && 'SelectStmt' in node ? (node.SelectStmt as Record<string, unknown>) : null;
  selects.set(definition, select);
  return select;
}

const viewsByName = perFacet(
  (views: Facts['views']) => new Map(views.map((view) => [keyOf(view.schema, view.name), view])),
);

/** The view of that name, or undefined. */
export function viewNamed(views: Facts['views'], schema: string, name: string): Facts['views'][number] | undefined {
  return viewsByName(views).get(keyOf(schema, name));
}
