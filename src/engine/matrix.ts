import { type Checklist, checkpointsOf, MATRIX_COLUMNS, type MatrixColumn } from '../core/check.ts';
import type { Relation, Snapshot } from '../core/facts.ts';
import { type Gate, type GateCheck, gateChecks } from '../core/gate.ts';
import type { MatrixCell, MatrixRow } from '../core/matrix.ts';
import { tableOf } from '../core/object.ts';
import { blocks } from '../core/severity.ts';

/** The tables a matrix has rows for: the user's own, a partitioned table once and not its partitions. */
function matrixTables(relations: readonly Relation[]): Relation[] {
  return relations.filter(
    (relation) =>
      (relation.kind === 'table' || relation.kind === 'partitioned table') &&
      relation.partitionOf === null &&
      !relation.platform &&
      relation.extension === null,
  );
}

/** The tables of each environment, from its snapshot; none where the catalogue could not be read. */
export function tablesOf(snapshots: Iterable<Snapshot>): Record<string, Relation[]> {
  const tables: Record<string, Relation[]> = {};
  for (const { header, facts } of snapshots) {
    tables[header.environment] = facts.relations?.status === 'ok' ? matrixTables(facts.relations.value) : [];
  }
  return tables;
}

/** The extensions that a replay stood in for, by environment: those where it stood in for any. */
export function standInsOf(snapshots: Iterable<Snapshot>): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { header, facts } of snapshots) {
    const shims = facts.replay?.status === 'ok' ? (facts.replay.value?.shims ?? []) : [];
    if (shims.length > 0) found[header.environment] = shims;
  }
  return found;
}

interface ColumnVerdict {
  ran: boolean;
  gap: boolean;
  /** `schema.table` with an open finding that blocks. */
  bad: Set<string>;
}

const key = (schema: string, table: string) => `${schema}\u0000${table}`;

function addCheck(verdict: ColumnVerdict, check: GateCheck): void {
  if (check.status === 'not-applicable') return;
  if (check.status !== 'pass' && check.status !== 'fail') {
    verdict.gap = true;
    return;
  }
  if (check.stale !== null) verdict.gap = true;
  verdict.ran = true;
  for (const finding of check.findings) {
    const table = tableOf(finding.object);
    if (table && finding.state === 'open' && blocks(finding.severity)) verdict.bad.add(key(table.schema, table.name));
  }
}

/**
 * The sign-off matrix: per table and column the worst child. ✖ an open finding of medium or worse; – no check of that
 * column ran, or one could not or is stale; ✔ at least one ran and all are clean (CATALOGUE 7.1).
 */
export function buildMatrix(
  gate: Gate,
  checklist: Checklist,
  tables: Readonly<Record<string, readonly Relation[]>>,
): MatrixRow[] {
  const columnOf = new Map<string, MatrixColumn>();
  for (const checkpoint of checkpointsOf(checklist)) {
    for (const check of checkpoint.checks) if (check.matrix) columnOf.set(check.id, check.matrix);
  }
  const rows: MatrixRow[] = [];
  for (const [environment, relations] of Object.entries(tables)) {
    const verdicts = Object.fromEntries(
      MATRIX_COLUMNS.map((column) => [column, { ran: false, gap: false, bad: new Set<string>() }]),
    ) as Record<MatrixColumn, ColumnVerdict>;
    for (const check of gateChecks(gate)) {
      const column = columnOf.get(check.id);
      if (column && check.environment === environment) addCheck(verdicts[column], check);
    }
    for (const { schema, name } of relations) {
      const cell = (column: MatrixColumn): MatrixCell => {
        const verdict = verdicts[column];
        if (verdict.bad.has(key(schema, name))) return '✖';
        return verdict.ran && !verdict.gap ? '✔' : '–';
      };
      rows.push({
        environment,
        schema,
        table: name,
        Schema: cell('Schema'),
        RLS: cell('RLS'),
        Indexes: cell('Indexes'),
        Seed: cell('Seed'),
        Monitoring: cell('Monitoring'),
      });
    }
  }
  return rows;
}
