import type { Facts, Relation } from '../../core/facts.ts';
import { type Node, parseStatements } from '../../core/sql.ts';
import { perFacet } from './memo.ts';
import { callsIn } from './sql-tree.ts';
import { keyOf, relationsByKey } from './tables.ts';

/** The relation of that name, or undefined. */
export function resolveRelation(relations: readonly Relation[], schema: string, name: string): Relation | undefined {
  return relationsByKey(relations).get(keyOf(schema, name));
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

/** The one relation a query takes all its rows from, row by row; null where it joins, groups, aggregates or unites. */
export function onlySource(select: Record<string, unknown>): { schema: string | null; name: string } | null {
  const from = Array.isArray(select.fromClause) ? (select.fromClause as Node[]) : [];
  const single = from.length === 1 ? from[0] : undefined;
  if (!single || !('RangeVar' in single) || select.withClause) return null;
  const plain = select.op === undefined || select.op === 'SETOP_NONE';
  const called = callsIn(select.targetList).length > 0;
  if (!plain || select.groupClause || select.havingClause || called) return null;
  return { schema: single.RangeVar.schemaname ?? null, name: single.RangeVar.relname ?? '' };
}

const INSTEAD_OF = 64;

/** True for the definition of an INSTEAD OF trigger; also where it does not parse. */
export function isInsteadOf(definition: string): boolean {
  const node = parseStatements(definition)?.[0];
  return !node || !('CreateTrigStmt' in node) || node.CreateTrigStmt.timing === INSTEAD_OF;
}
