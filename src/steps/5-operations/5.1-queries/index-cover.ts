import type { Index } from '../../../core/facts.ts';
import { walk } from '../../../core/sql.ts';
import { expressionTree } from '../../lib/sql-tree.ts';

/** True when a partial index still serves `column = value`: its predicate only asks that one of these columns is not null. */
function servesEquality(predicate: string, columns: ReadonlySet<string>): boolean {
  const tree = expressionTree(predicate);
  if (!tree || !('NullTest' in tree) || tree.NullTest.nulltesttype !== 'IS_NOT_NULL') return false;
  let named = '';
  walk(tree, (type, node) => {
    if (type === 'ColumnRef') named = (node.fields as { String?: { sval?: string } }[])[0]?.String?.sval ?? '';
    return undefined;
  });
  return columns.has(named);
}

/** True when the index finds rows by equality on these columns: they are its first key columns, in any order. */
export function covers(index: Index, columns: readonly string[]): boolean {
  if (!index.valid || !['btree', 'hash'].includes(index.method)) return false;
  const [only] = columns;
  if (columns.length === 1 && index.columns[0] !== only) return false;
  const wanted = new Set(columns);
  const leading = index.columns.slice(0, columns.length);
  if (leading.length < columns.length || !leading.every((column) => column !== null && wanted.has(column)))
    return false;
  return index.predicate === null || servesEquality(index.predicate, wanted);
}
