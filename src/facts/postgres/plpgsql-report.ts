import { sha256 } from '../../core/canonical.ts';
import type { Facts } from '../../core/facts.ts';
import { readPlpgsql } from '../../core/plpgsql.ts';
import { redact } from '../../core/redact.ts';
import { type CheckedFunction, excuseWith, knownLive } from '../shadow/functions/excuses.ts';
import { type CheckRow, FunctionReport } from '../shadow/functions/plpgsql-rows.ts';

type Report = NonNullable<Facts['plpgsqlCheckLive']>;

/** A row of sql/plpgsql-check.sql: a function, as the trigger of a table or as it is, with one complaint or none. */
export interface LiveCheckRow extends Omit<CheckRow, 'message' | 'level'> {
  schema: string;
  name: string;
  arguments: string;
  definition: string;
  source: string;
  tableSchema: string | null;
  tableName: string | null;
  oldTable: string | null;
  newTable: string | null;
  message: string | null;
  level: string | null;
  version: string;
  server: string;
}

interface Group {
  fn: CheckedFunction & { tables: { oldTable: string | null; newTable: string | null }[] };
  rows: LiveCheckRow[];
}

/** The report of a live database's plpgsql_check, known false alarms taken out. */
export function liveReport(rows: readonly LiveCheckRow[]): Report {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = `${row.schema}\u0000${row.name}\u0000${row.arguments}`;
    let group = groups.get(key);
    if (!group) {
      const body = readPlpgsql(row.definition);
      group = { fn: { language: 'plpgsql', source: row.source, standard: false, body, tables: [] }, rows: [] };
      groups.set(key, group);
    }
    group.rows.push(row);
  }
  for (const { fn, rows: own } of groups.values()) {
    const tables = new Map(own.map((row) => [`${row.tableSchema}.${row.tableName}`, row]));
    if (own.some(({ tableName }) => tableName !== null)) fn.tables.push(...tables.values());
  }
  const [first] = rows;
  const report: Report = {
    version: first?.version ?? '',
    server: first?.server ?? '',
    checked: [],
    issues: [],
    unjudged: [],
  };
  const excuse = excuseWith(knownLive([...groups.values()].map(({ fn }) => fn)));
  for (const { fn, rows: own } of groups.values()) {
    const [row] = own;
    if (!row) continue;
    const name = { schema: row.schema, name: row.name, arguments: row.arguments, body: sha256(redact(row.source)) };
    const part = new FunctionReport(report, fn, name, excuse);
    for (const { lineno, statement, sqlstate, message, level, tableSchema, tableName } of own) {
      if (message === null || level === null) continue;
      const table: [string, string] | null =
        tableSchema !== null && tableName !== null ? [tableSchema, tableName] : null;
      part.add({ lineno, statement, sqlstate, message, level }, table);
    }
    part.end();
  }
  return report;
}
