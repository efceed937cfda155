import type { Column, Constraint, FunctionFact, Index, Policy, Relation, Row, Trigger } from '../../core/facts.ts';
import { type ObjectRef, objectRef } from '../../core/object.ts';
import { perFacet, perText } from './memo.ts';

/** Tables in which migration tools keep their own books, in whatever schema: not the project's data. */
export const BOOKKEEPING: ReadonlySet<string> = new Set([
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

/** Keys remembered at most; then they are made afresh. */
const KEYS = 50_000;
const keys = new Map<string, Map<string, string>>();
let remembered = 0;

/** A map key for a schema-qualified name. One string for equal ones: a new one is hashed anew in every map it is asked of. */
export function keyOf(schema: string, name: string): string {
  let own = keys.get(schema);
  const known = own?.get(name);
  if (known !== undefined) return known;
  if (++remembered > KEYS) {
    keys.clear();
    own = undefined;
    remembered = 1;
  }
  if (own === undefined) {
    own = new Map();
    keys.set(schema, own);
  }
  const key = `${schema}\u0000${name}`;
  own.set(name, key);
  return key;
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

/** Rows by keyOf of their table. Facets are ordered by table, so that only the first row of each table needs its key. */
function byTable<T extends { schema: string }>(rows: readonly T[], tableOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  let group: T[] = [];
  let schema: string | null = null;
  let table: string | null = null;
  for (const row of rows) {
    const own = tableOf(row);
    if (own !== table || row.schema !== schema) {
      schema = row.schema;
      table = own;
      const key = keyOf(schema, table);
      const known = groups.get(key);
      group = known ?? [];
      if (!known) groups.set(key, group);
    }
    group.push(row);
  }
  return groups;
}

type Grouped<T> = (rows: readonly T[]) => ReadonlyMap<string, readonly T[]>;

/** Columns by keyOf of their relation, in their order. */
export const columnsByTable: Grouped<Column> = perFacet((rows: readonly Column[]) =>
  byTable(rows, (row) => row.relation),
);

/** Constraints by keyOf of their table. */
export const constraintsByTable: Grouped<Constraint> = perFacet((rows: readonly Constraint[]) =>
  byTable(rows, (row) => row.table),
);

/** Indexes by keyOf of their table. */
export const indexesByTable: Grouped<Index> = perFacet((rows: readonly Index[]) => byTable(rows, (row) => row.table));

/** Triggers by keyOf of their table. */
export const triggersByTable: Grouped<Trigger> = perFacet((rows: readonly Trigger[]) =>
  byTable(rows, (row) => row.table),
);

/** Policies by keyOf of their table. */
export const policiesByTable: Grouped<Policy> = perFacet((rows: readonly Policy[]) =>
  byTable(rows, (row) => row.table),
);

/** The column of that name, or undefined. */
export function columnNamed(
  columns: readonly Column[],
  schema: string,
  table: string,
  name: string,
): Column | undefined {
  return columnsByTable(columns)
    .get(keyOf(schema, table))
    ?.find((column) => column.name === name);
}

/** The columns of a table's primary key; none where it has none. */
export function primaryKeyOf(constraints: readonly Constraint[], schema: string, table: string): readonly string[] {
  const own = constraintsByTable(constraints).get(keyOf(schema, table));
  return own?.find(({ type }) => type === 'p')?.columns ?? [];
}

/** Relations by keyOf. */
export const relationsByKey: (relations: readonly Relation[]) => ReadonlyMap<string, Relation> = perFacet(
  (relations: readonly Relation[]) =>
    new Map(relations.map((relation) => [keyOf(relation.schema, relation.name), relation])),
);

type TableStats = Row<'tableStats'>;

/** Statistics by keyOf of their table. */
export const statsByTable: (stats: readonly TableStats[]) => ReadonlyMap<string, TableStats> = perFacet(
  (stats: readonly TableStats[]) => new Map(stats.map((row) => [keyOf(row.schema, row.name), row])),
);

/** Names of all indexes. */
export const indexNames: (indexes: readonly Index[]) => ReadonlySet<string> = perFacet(
  (indexes: readonly Index[]) => new Set(indexes.map((index) => index.name)),
);

/** Functions by keyOf of their own name: overloads stand together. */
export const functionsByName: Grouped<FunctionFact> = perFacet((rows: readonly FunctionFact[]) =>
  byTable(rows, (row) => row.name),
);

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

/** `stripeCustomer_id` → `['stripe', 'customer', 'id']`. */
export const words: (name: string) => readonly string[] = perText((name) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== ''),
);

/** `stripeCustomer_id` → `stripe_customer_id`: a name in the one spelling that rules are written in. */
export const spoken: (name: string) => string = perText((name) => words(name).join('_'));

/** English singular of a table name's word, well enough for `categories`, `boxes`, `orders`, `status`. */
export function singular(word: string): string {
  if (/(ss|us|is)$/.test(word)) return word;
  if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(xes|ches|shes|sses|zes|uses)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

/** A table's name for one of its rows, in the one spelling: `OrderItems` → `order_item`. */
export function singularName(name: string): string {
  const parts = words(name);
  return [...parts.slice(0, -1), singular(parts.at(-1) ?? '')].join('_');
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
