import type { Relation } from '../../core/facts.ts';
import { type ObjectRef, objectRef } from '../../core/object.ts';
import { perFacet } from './memo.ts';

/** Tables in which migration tools keep their own books: not the project's data. */
const BOOKKEEPING = new Set([
  '_prisma_migrations',
  '__drizzle_migrations',
  'schema_migrations',
  'ar_internal_metadata',
  'knex_migrations',
  'knex_migrations_lock',
  'pgmigrations',
  'flyway_schema_history',
  'databasechangelog',
  'databasechangeloglock',
  'alembic_version',
  'goose_db_version',
]);

/** A map key for a schema-qualified name. */
export function keyOf(schema: string, name: string): string {
  return `${schema}\u0000${name}`;
}

/** Rows by key, in their order. */
export function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = key(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

/** Tables and partitioned tables that the project made: no platform, extension, temporary or bookkeeping ones, no partitions (their root is judged). */
export const userTables: (relations: readonly Relation[]) => readonly Relation[] = perFacet(
  (relations: readonly Relation[]) =>
    relations.filter(
      (relation) =>
        (relation.kind === 'table' || relation.kind === 'partitioned table') &&
        !relation.platform &&
        relation.extension === null &&
        relation.partitionOf === null &&
        relation.persistence !== 't' &&
        !BOOKKEEPING.has(relation.name.toLowerCase()),
    ),
);

/** The tables of `userTables`, by keyOf. */
export const userTablesByKey: (relations: readonly Relation[]) => ReadonlyMap<string, Relation> = perFacet(
  (relations: readonly Relation[]) =>
    new Map(userTables(relations).map((relation) => [keyOf(relation.schema, relation.name), relation])),
);

export function tableRef(table: { schema: string; name: string }): ObjectRef {
  return objectRef('table', table.schema, table.name);
}

export function columnRef(schema: string, table: string, column: string): ObjectRef {
  return objectRef('column', schema, table, { column });
}

const wordsOf = new Map<string, readonly string[]>();

/** `stripeCustomer_id` → `['stripe', 'customer', 'id']`. Remembered: names recur in thousands of columns. */
export function words(name: string): readonly string[] {
  const known = wordsOf.get(name);
  if (known) return known;
  const split = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  if (wordsOf.size > 50_000) wordsOf.clear();
  wordsOf.set(name, split);
  return split;
}

/** English singular of a table name's word, well enough for `categories`, `boxes`, `orders`, `status`. */
export function singular(word: string): string {
  if (/(ss|us|is)$/.test(word)) return word;
  if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(xes|ches|shes|sses|zes|uses)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

const HISTORY = new Set([
  'audit',
  'log',
  'history',
  'archive',
  'snapshot',
  'backup',
  'bak',
  'staging',
  'import',
  'tmp',
  'temp',
  'event',
  'outbox',
  'inbox',
]);

/** A table that only records what happened (audit log, history, events): rows are written once and outlive what they speak of. */
export function isHistory(table: string): boolean {
  return words(table).some((word) => HISTORY.has(singular(word)));
}
