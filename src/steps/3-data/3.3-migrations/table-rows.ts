import type { Facts } from '../../../core/facts.ts';
import { keyOf, statsByTable } from '../../lib/tables.ts';

/** Rows of a table as the live database tells, counted or estimated; null when nobody knows. */
export type RowsOf = (schema: string, table: string) => number | null;

/** The larger of count and estimate: a table that was counted long ago or never analysed must not look small. */
export function rowsOf(facts: { rowCounts?: Facts['rowCounts']; tableStats?: Facts['tableStats'] }): RowsOf {
  const counted = new Map(
    (facts.rowCounts ?? [])
      .filter(({ error }) => error === null)
      .map((row) => [keyOf(row.schema, row.table), row.count]),
  );
  const stats = facts.tableStats === undefined ? null : statsByTable(facts.tableStats);
  return (schema, table) => {
    const key = keyOf(schema, table);
    const count = counted.get(key) ?? null;
    const row = stats?.get(key);
    const estimate = row === undefined ? null : Math.max(row.rowEstimate ?? 0, row.liveRows);
    // Never analysed and no row counted by the statistics: it may be empty or just unknown.
    if (count === null && estimate === 0 && row?.rowEstimate === null) return null;
    return count === null ? estimate : Math.max(count, estimate ?? 0);
  };
}
