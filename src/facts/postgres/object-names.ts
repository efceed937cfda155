import type pg from 'pg';
import { QUERIES } from './queries.ts';
import { composeSql } from './sql-text.ts';
import { type Fields, streamRows } from './stream-rows.ts';

/** A relation of the schemas that are collected. */
export interface RelationName {
  schema: string;
  name: string;
  /** pg_class.relkind. */
  kind: string;
  platform: boolean;
  /** Place in the order by schema and name. */
  rank: number;
  /** Names of its columns by attnum; filled while the columns are collected. */
  columns: string[];
}

/** Names by oid, for facets of many rows. */
export interface ObjectNames {
  relations: ReadonlyMap<number, RelationName>;
  roles: ReadonlyMap<number, string>;
}

/** What facets that name no object work with. */
export const NO_NAMES: ObjectNames = { relations: new Map(), roles: new Map() };

/** Reads the names of all relations and roles, in one query. */
export async function readObjectNames(client: pg.Client): Promise<ObjectNames> {
  const relations = new Map<number, RelationName>();
  const roles = new Map<number, string>();
  await streamRows(client, `/* supaready */ ${composeSql(QUERIES.objectNames)}`, (row: Fields) => {
    const [type, oid, schema, name, kind, platform] = row as [string, number, string, string, string, boolean];
    if (type === 'u') roles.set(oid, name);
    else relations.set(oid, { schema, name, kind, platform, rank: relations.size, columns: [] });
  });
  return { relations, roles };
}

/** Gathers rows that arrive by relation's oid, and gives them back in the order of the relations' names. */
export class RowsByRelation<R> {
  readonly #names: ObjectNames;
  readonly #byRank: R[][] = [];

  constructor(names: ObjectNames) {
    this.#names = names;
  }

  /** The relation of that oid; undefined for one that is not collected. */
  relation(oid: unknown): RelationName | undefined {
    return this.#names.relations.get(oid as number);
  }

  add(relation: RelationName, row: R): void {
    const rows = this.#byRank[relation.rank];
    if (rows === undefined) this.#byRank[relation.rank] = [row];
    else rows.push(row);
  }

  all(): R[] {
    const all: R[] = [];
    for (let rank = 0; rank < this.#byRank.length; rank++) {
      const rows = this.#byRank[rank];
      if (rows !== undefined) for (const row of rows) all.push(row);
    }
    return all;
  }
}
