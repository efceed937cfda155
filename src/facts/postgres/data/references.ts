import type { Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { key, ownTables, type Plan } from './tables.ts';

/** A reference from a table's columns to another's, whether declared or only implied by its name. */
export interface Reference {
  schema: string;
  table: string;
  columns: string[];
  toSchema: string;
  toTable: string;
  toColumns: string[];
  /** Name of the foreign key that is NOT VALID; null when implied. */
  constraint: string | null;
  /** Compared without case (citext), whose operator an empty search_path does not find. */
  folded: boolean;
}

/** Names a table may have for rows that `x_id` points at. */
function tableNames(singular: string): string[] {
  const plural = singular.endsWith('y') ? [`${singular.slice(0, -1)}ies`] : [];
  return [singular, `${singular}s`, `${singular}es`, ...plural];
}

/** Foreign keys not validated, and columns `x_id` of the type of the primary key of table x, xs, xes or x→ies beside them, without a key. */
export function references(plan: Plan): Reference[] {
  const own = ownTables(plan);
  const ownNames = new Set(own.map((table) => key(table.schema, table.name)));
  const typeOf = new Map(plan.columns.map((column) => [key(column.schema, column.relation, column.name), column.type]));
  const primaryKey = new Map<string, string>();
  const hasKey = new Set<string>();
  const found: Reference[] = [];
  for (const constraint of plan.constraints) {
    const { schema, table, columns, references: target } = constraint;
    const [first] = columns;
    if (constraint.type === 'p' && columns.length === 1 && first !== undefined)
      primaryKey.set(key(schema, table), first);
    if (constraint.type !== 'f' || !target) continue;
    for (const column of columns) hasKey.add(key(schema, table, column));
    if (constraint.validated || constraint.inherited || !ownNames.has(key(schema, table))) continue;
    found.push({
      schema,
      table,
      columns,
      toSchema: target.schema,
      toTable: target.table,
      toColumns: target.columns,
      constraint: constraint.name,
      folded: columns.some((column) => /(?:^|\.)citext$/.test(typeOf.get(key(schema, table, column)) ?? '')),
    });
  }
  for (const column of plan.columns) {
    const { schema, relation: table, name, type } = column;
    if (
      !name.endsWith('_id') ||
      name === '_id' ||
      !ownNames.has(key(schema, table)) ||
      hasKey.has(key(schema, table, name))
    )
      continue;
    const toTable = tableNames(name.slice(0, -3)).find((candidate) => {
      const to = primaryKey.get(key(schema, candidate));
      return (
        to !== undefined && ownNames.has(key(schema, candidate)) && typeOf.get(key(schema, candidate, to)) === type
      );
    });
    const toColumn = toTable === undefined ? undefined : primaryKey.get(key(schema, toTable));
    if (toTable === undefined || toColumn === undefined || (toTable === table && toColumn === name)) continue;
    found.push({
      schema,
      table,
      columns: [name],
      toSchema: schema,
      toTable,
      toColumns: [toColumn],
      constraint: null,
      folded: false,
    });
  }
  return found;
}

/** Counts rows whose reference is whole (no part null, as MATCH SIMPLE has it) and finds nothing. */
export function orphanSql(reference: Reference): string {
  const side = (alias: string, column: string) => {
    const text = `${alias}.${quoteIdent(column)}`;
    return reference.folded ? `lower(${text}::text)` : text;
  };
  const present = reference.columns.map((column) => `c.${quoteIdent(column)} is not null`).join(' and ');
  const same = reference.columns
    .map((column, at) => `${side('p', reference.toColumns[at] ?? '')} = ${side('c', column)}`)
    .join(' and ');
  const from = qualified(reference.schema, reference.table);
  const to = qualified(reference.toSchema, reference.toTable);
  return `select count(*)::text as orphans from ${from} c where ${present} and not exists (select from ${to} p where ${same})`;
}

export function orphanFact(reference: Reference, orphans: number, error: string | null): Facts['orphans'][number] {
  return {
    schema: reference.schema,
    table: reference.table,
    column: reference.columns.join(', '),
    referencesSchema: reference.toSchema,
    referencesTable: reference.toTable,
    referencesColumn: reference.toColumns.join(', '),
    constraint: reference.constraint,
    orphans,
    error,
  };
}
