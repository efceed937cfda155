import type { Constraint, Facts, Relation } from '../../core/facts.ts';
import { columnsOf } from './exposure.ts';
import { perFacet } from './memo.ts';
import { groupBy, keyOf } from './tables.ts';

const OWNER_NAMES = new Set([
  'user_id',
  'userid',
  'owner_id',
  'owner',
  'author_id',
  'created_by',
  'creator_id',
  'sender_id',
  'customer_id',
  'profile_id',
  'account_id',
  'uploaded_by',
  'submitted_by',
  'auth_user_id',
  'uid',
]);

/** The name says that the row is that person's, not merely that the person is mentioned (assignee_id, approver_id). */
export function isOwnerName(column: string): boolean {
  return OWNER_NAMES.has(column.toLowerCase());
}

const foreignKeys = perFacet((constraints: readonly Constraint[]) =>
  groupBy(
    constraints.filter((row) => row.type === 'f' && row.columns.length === 1),
    (row) => keyOf(row.schema, row.table),
  ),
);
const primaryKeys = perFacet(
  (constraints: readonly Constraint[]) =>
    new Map(constraints.filter((row) => row.type === 'p').map((row) => [keyOf(row.schema, row.table), row.columns])),
);

/** Tables whose rows are people: `auth.users`, and tables whose primary key is a foreign key to it (profiles). */
function isPerson(constraints: readonly Constraint[], schema: string, table: string): boolean {
  if (schema === 'auth' && table === 'users') return true;
  const key = primaryKeys(constraints).get(keyOf(schema, table));
  if (key?.length !== 1) return false;
  return (foreignKeys(constraints).get(keyOf(schema, table)) ?? []).some(
    (fk) => fk.columns[0] === key[0] && fk.references?.schema === 'auth' && fk.references.table === 'users',
  );
}

/**
 * The columns of a table that say whose a row is, surest first: a foreign key to auth.users (or to a table that shares its
 * key), then a uuid column with an owner's name. Only uuid columns, since they are compared with auth.uid().
 */
export function ownerColumns(
  facts: Pick<Facts, 'columns' | 'constraints'>,
  relation: Pick<Relation, 'schema' | 'name'>,
): string[] {
  const columns = columnsOf(facts, relation).filter((column) => column.type === 'uuid');
  const keys = foreignKeys(facts.constraints).get(keyOf(relation.schema, relation.name)) ?? [];
  const direct = columns.filter((column) =>
    keys.some(
      (fk) =>
        fk.columns[0] === column.name &&
        fk.references &&
        isPerson(facts.constraints, fk.references.schema, fk.references.table),
    ),
  );
  const referencing = new Set(keys.map((fk) => fk.columns[0]));
  const byName = columns.filter(
    (column) => OWNER_NAMES.has(column.name.toLowerCase()) && !referencing.has(column.name),
  );
  return [...direct, ...byName].map((column) => column.name);
}
