import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Constraint } from '../../../core/facts.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { deletedWith, type ForeignKey, keysByTarget, userForeignKeys } from '../../lib/foreign-keys.ts';
import { keyOf, tableRef } from '../../lib/tables.ts';

/** Lines of a tree that are shown; a schema of thousands of keys must stay readable. */
const MAX_LINES = 40;

/** What the deletion of one row does below `root`, as an indented tree, each table spelled out once. */
function treeOf(constraints: readonly Constraint[], root: string): string[] {
  const byTarget = keysByTarget(constraints);
  const lines: string[] = [];
  const seen = new Set([root]);
  const visit = (target: string, depth: number): void => {
    const indent = '  '.repeat(depth);
    for (const key of byTarget.get(target) ?? []) {
      const child = keyOf(key.schema, key.table);
      const name = `${qualified(key.schema, key.table)} (${key.columns.map(quoteIdent).join(', ')})`;
      const repeated = key.references.onDelete === 'c' && seen.has(child);
      lines.push(`${indent}- ${name}: ${EFFECT[key.references.onDelete]}${repeated ? ', as above' : ''}`);
      if (key.references.onDelete !== 'c' || repeated) continue;
      seen.add(child);
      visit(child, depth + 1);
    }
  };
  visit(root, 0);
  return lines.length <= MAX_LINES
    ? lines
    : [...lines.slice(0, MAX_LINES), `and ${counted(lines.length - MAX_LINES, 'more key')}`];
}

const EFFECT: Readonly<Record<ForeignKey['references']['onDelete'], string>> = {
  c: 'deleted too',
  n: 'kept, the key set to NULL',
  d: 'kept, the key set to its default',
  a: 'refuses while it has rows',
  r: 'refuses while it has rows',
};

export const cascadeGraph = defineCheck({
  id: 'cascade-graph',
  rev: 1,
  title: 'What one deletion takes with it is in plain sight',
  why: 'Cascades are written table by table and act together: nobody who deletes a user sees how far that goes.',
  severity: 'info',
  source: 'CATALOGUE 2.2d; PostgreSQL docs, “Foreign Keys”',
  remedy:
    'Read each tree against the business rules. Where a deletion goes too far, SET NULL or RESTRICT; then answer the question about cascades.',
  falseAlarms: 'A list, no verdict: cascade-on-records and auth-fk-blocks-delete judge.',
  item: 'd',
  needs: ['constraints'],
  evaluate({ facts }) {
    const { constraints } = facts;
    const cascades = userForeignKeys(constraints).filter(({ references }) => references.onDelete === 'c');
    const targets = new Map(
      cascades.map(({ references: { schema, table } }) => [keyOf(schema, table), { schema, name: table }]),
    );
    const children = new Set(
      cascades
        .filter(({ schema, table, references }) => schema !== references.schema || table !== references.table)
        .map(({ schema, table }) => keyOf(schema, table)),
    );
    // Where tables delete each other in a ring, none is a root: then every one is told.
    const roots = [...targets].filter(([key]) => !children.has(key));
    const reached = new Set(roots.flatMap(([key]) => [...deletedWith(constraints, key)]));
    const all = [...roots, ...[...targets].filter(([key]) => !reached.has(key))];
    const findings = all.map(([key, table]) => {
      const deleted = deletedWith(constraints, key).size - 1;
      const what = key === keyOf('auth', 'users') ? 'a user' : `a row of ${qualified(table.schema, table.name)}`;
      const words = deleted === 0 ? 'rows of the same table' : `rows of ${counted(deleted, 'other table')}`;
      return {
        object: tableRef(table),
        message: `deleting ${what} deletes ${words}: do these cascades match the business rules?`,
        detail: treeOf(constraints, key).join('\n'),
        fix: {
          command: 'Read the tree with whoever knows the business, mend what goes too far, then answer the question.',
        },
      };
    });
    return evaluated(cascades.length, 'cascade', findings);
  },
});
