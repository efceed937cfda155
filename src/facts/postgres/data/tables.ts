import type { Collected, Column, Constraint, Facts, Relation } from '../../../core/facts.ts';
import { textArray } from '../sql-text.ts';

/** The catalogue facets that row scans are planned by. */
export interface Plan {
  relations: readonly Relation[];
  columns: readonly Column[];
  constraints: readonly Constraint[];
  tableStats: Facts['tableStats'];
}

const NEEDED = ['relations', 'columns', 'constraints'] as const;

/** The facets a scan needs, or why there is no plan. */
export function planOf(catalogue: Collected): Plan | { missing: string } {
  for (const name of NEEDED) {
    const fact = catalogue[name];
    if (!fact) return { missing: `${name} was not collected` };
    if (fact.status !== 'ok') return { missing: `${name}: ${fact.reason}` };
  }
  const [relations, columns, constraints] = NEEDED.map((name) => {
    const fact = catalogue[name];
    return fact?.status === 'ok' ? fact.value : [];
  }) as [Facts['relations'], Facts['columns'], Facts['constraints']];
  // Estimates only spare work: a lock on one table, over which statistics fail, must not end every scan.
  const { tableStats } = catalogue;
  return { relations, columns, constraints, tableStats: tableStats?.status === 'ok' ? tableStats.value : [] };
}

/** What `:table_schemas` and `:table_names` of a query file stand for. */
export function tableNames(tables: readonly Relation[]): { table_schemas: string; table_names: string } {
  return {
    table_schemas: textArray(tables.map(({ schema }) => schema)),
    table_names: textArray(tables.map(({ name }) => name)),
  };
}

/** A key for maps by schema and name: neither can hold a NUL. */
export function key(schema: string, name: string, column = ''): string {
  return `${schema}\0${name}\0${column}`;
}

/** The project's own tables that hold rows of their own: no platform's, no extension's, no partition whose root is there. */
export function ownTables(plan: Plan): Relation[] {
  const tables = plan.relations.filter(
    (relation) =>
      !relation.platform &&
      relation.extension === null &&
      (relation.kind === 'table' || relation.kind === 'partitioned table'),
  );
  const names = new Set(tables.map((table) => key(table.schema, table.name)));
  return tables.filter((table) => table.partitionOf === null || !names.has(key(...table.partitionOf)));
}

/** Estimated rows by table, a root's with those of all below it; absent where any part was never analysed. */
export function estimates(plan: Plan): Map<string, number | null> {
  const own = new Map(plan.tableStats.map((row) => [key(row.schema, row.name), row.rowEstimate]));
  const children = new Map<string, Relation[]>();
  for (const relation of plan.relations) {
    if (relation.partitionOf === null) continue;
    const parent = key(...relation.partitionOf);
    const siblings = children.get(parent);
    if (siblings) siblings.push(relation);
    else children.set(parent, [relation]);
  }
  const sum = (relation: Relation): number | null => {
    const below = children.get(key(relation.schema, relation.name)) ?? [];
    const parts = below.map(sum);
    if (relation.kind !== 'partitioned table') parts.push(own.get(key(relation.schema, relation.name)) ?? null);
    return parts.reduce<number | null>((total, part) => (total === null || part === null ? null : total + part), 0);
  };
  return new Map(plan.relations.map((relation) => [key(relation.schema, relation.name), sum(relation)]));
}
