import type pg from 'pg';
import { QUERIES } from './queries.ts';
import { composeSql } from './sql-text.ts';

/** A relation that not every database has, or that the role may not read. */
export interface OptionalRelation {
  schema: string;
  name: string;
  /** USAGE on its schema. */
  usage: boolean;
  /** SELECT on the whole relation. */
  readable: boolean;
  /** Row-level security would hide rows from this role. */
  filtered: boolean;
  owner: string;
  columns: string[];
}

/** What the server and the role allow, asked once at the start of a transaction. */
export interface Probe {
  versionNum: number;
  user: string;
  superuser: boolean;
  bypassRls: boolean;
  backendPid: number;
  readAllStats: boolean;
  readAllSettings: boolean;
  controlSystem: boolean;
  /** Locks the server's lock table is sized for. */
  lockSlots: number;
  /** A schema to try a write in; null when there is none. */
  guardSchema: string | null;
  /** `schema.name` of analysed tables whose columns' statistics are not all shown to the role; [] unless asked for. */
  unreadableTables: string[];
  /** Schema of the extension plpgsql_check; null where it is not installed, or its schema is closed to the role. */
  plpgsqlCheck: string | null;
  /** By `schema.name`. */
  optional: Record<string, OptionalRelation>;
}

export async function probeServer(client: pg.Client, withStatistics: boolean): Promise<Probe> {
  const result = await client.query<{ probe: Probe }>(
    composeSql(QUERIES.probe, {
      unreadable_tables: withStatistics ? QUERIES.unreadableTables : "select '' as name where false",
    }),
  );
  const probe = result.rows[0]?.probe;
  if (!probe) throw new Error('the probe brought no row');
  return probe;
}

/** Whether a relation is there and readable; otherwise why not, with the grant that is missing. */
export function readability(
  probe: Probe,
  relation: string,
): { state: 'absent' | 'readable' } | { state: 'denied'; reason: string } {
  const found = probe.optional[relation];
  if (!found) return { state: 'absent' };
  if (!found.usage)
    return {
      state: 'denied',
      reason: `role ${probe.user} lacks USAGE on schema ${found.schema}; grant it, or connect as ${found.owner}`,
    };
  if (!found.readable)
    return {
      state: 'denied',
      reason: `role ${probe.user} lacks SELECT on ${relation}; grant it, or connect as ${found.owner}`,
    };
  if (found.filtered)
    return {
      state: 'denied',
      reason: `row-level security hides rows of ${relation} from role ${probe.user}; connect as a role with BYPASSRLS`,
    };
  return { state: 'readable' };
}
