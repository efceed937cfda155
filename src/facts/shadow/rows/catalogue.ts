import type pg from 'pg';
import TABLES from './catalogue.sql';

/** A column, with its domain taken apart. */
export interface RowColumn {
  name: string;
  /** format_type, for casts. */
  type: string;
  /** pg_type.typname below the domains, e.g. `uuid`, `_text`, the name of an enum. */
  base: string;
  /** pg_type.typtype below the domains: b base, e enum, c composite, r range, m multirange. */
  kind: string;
  array: boolean;
  /** Characters of varchar(n) and char(n). */
  length: number | null;
  notNull: boolean;
  default: string | null;
  /** '' none, 'a' always, 'd' by default. */
  identity: string;
  generated: boolean;
  /** Of an enum. */
  labels: string[];
  /** Types of a composite's fields. */
  fields: string[];
  /** Of a range. */
  subtype: string | null;
  /** Checks of its domains, over VALUE. */
  checks: string[];
}

/** A constraint of a table. */
export interface RowConstraint {
  name: string;
  type: 'p' | 'u' | 'f' | 'c' | 'x';
  columns: string[] | null;
  expression: string | null;
  /** Oid of the table referenced, as text. */
  target: string;
  targetColumns: string[] | null;
  deferrable: boolean;
}

export interface RowTable {
  oid: string;
  schema: string;
  name: string;
  partitioned: boolean;
  columns: RowColumn[];
  constraints: RowConstraint[];
  /** Unique indexes, those of constraints included; null columns where only expressions are indexed. */
  uniques: { name: string; columns: string[] | null }[];
}

/** What every table of the database asks of a row, by oid. */
export async function readRowTables(client: pg.Client): Promise<Map<string, RowTable>> {
  const { rows } = await client.query<RowTable & { columns: RowColumn[] | null }>(TABLES);
  return new Map(rows.map((row) => [row.oid, { ...row, columns: row.columns ?? [] }]));
}
