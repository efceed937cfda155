import type pg from 'pg';
import { PLATFORM_SCHEMAS } from '../../postgres/platform.ts';
import { type RowTable, readRowTables } from '../rows/catalogue.ts';
import RELATIONS from './catalogue.sql';

export interface RoleRights {
  /** Columns the role holds the privilege on. */
  select: string[];
  insert: string[];
  update: string[];
  /** It has USAGE on the schema and any privilege at all. */
  reachable: boolean;
}

export interface AccessPolicy {
  name: string;
  /** pg_policy.polcmd: r, a, w, d or * */
  command: string;
  using: string | null;
  check: string | null;
}

export interface AccessRelation {
  oid: string;
  schema: string;
  name: string;
  kind: 'r' | 'p' | 'v' | 'm';
  partition: boolean;
  rls: boolean;
  /** As Relation.updatable (core/facts/schema.ts), INSTEAD OF triggers counted. */
  updatable: number;
  columns: string[];
  privileges: Record<string, RoleRights>;
  policies: AccessPolicy[];
  /** Oids of the relations a view reads, or of the tables a partition belongs to. */
  sources: string[];
}

export interface AccessCatalogue {
  relations: AccessRelation[];
  /** Every table of the database as the row generator knows it, by oid. */
  tables: ReadonlyMap<string, RowTable>;
}

export async function readAccessCatalogue(client: pg.Client, roles: readonly string[]): Promise<AccessCatalogue> {
  const { rows } = await client.query<AccessRelation>(RELATIONS, [roles, PLATFORM_SCHEMAS]);
  return { relations: rows, tables: await readRowTables(client) };
}
