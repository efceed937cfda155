import type { Constraint, Index } from '../../core/facts.ts';
import { qualified, quoteIdent } from '../../core/text.ts';

const ACTIONS = { a: '', r: ' RESTRICT', c: ' CASCADE', n: ' SET NULL', d: ' SET DEFAULT' } as const;

function list(columns: readonly (string | null)[]): string {
  return `(${columns.map((column) => quoteIdent(column ?? '')).join(', ')})`;
}

/** What pg_get_constraintdef writes for a plain primary key, unique constraint or foreign key. */
export function plainConstraint(constraint: Omit<Constraint, 'definition'>): string {
  const { type, columns, references, validated } = constraint;
  if (type === 'p') return `PRIMARY KEY ${list(columns)}`;
  if (type === 'u') return `UNIQUE ${list(columns)}`;
  if (!references) return '';
  const { schema, table, onDelete, onUpdate } = references;
  const actions = `${onUpdate === 'a' ? '' : ` ON UPDATE${ACTIONS[onUpdate]}`}${onDelete === 'a' ? '' : ` ON DELETE${ACTIONS[onDelete]}`}`;
  const target = `${qualified(schema, table)}${list(references.columns)}`;
  return `FOREIGN KEY ${list(columns)} REFERENCES ${target}${actions}${validated ? '' : ' NOT VALID'}`;
}

/** What pg_get_indexdef writes for an index over columns with default operator classes, order and storage, partial or not. */
export function plainIndex(index: Omit<Index, 'definition'>): string {
  const unique = index.unique ? 'UNIQUE ' : '';
  const table = qualified(index.schema, index.table);
  const where = index.predicate === null ? '' : ` WHERE ${index.predicate}`;
  return `CREATE ${unique}INDEX ${quoteIdent(index.name)} ON ${table} USING ${index.method} ${list(index.columns)}${where}`;
}
