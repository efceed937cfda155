import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Column } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { columnsByTable, groupBy, keyOf, tableRef, userTablesByKey } from '../../lib/tables.ts';

const MB = 1024 ** 2;
/** Tuple header with alignment and line pointer, and the usable part of a page. Source: PostgreSQL docs, “Database Page Layout”. */
const ROW_OVERHEAD = 32;
const PAGE_USE = 0.97;

/** Types that are never stored out of line: with one of the others, TOAST would look like bloat. */
function staysInline(column: Column): boolean {
  return /^(bigint|integer|smallint|boolean|uuid|date|real|double precision|oid|inet|cidr|interval|money|timestamp.*|time.*|character varying\([1-9]\d{0,2}\)|character\(\d{1,3}\)|numeric\(.*\))$/.test(
    column.type,
  );
}

export const tableBloat = defineCheck({
  id: 'table-bloat',
  rev: 1,
  title: 'No large table consists mostly of dead space',
  why: 'Scans, caches and backups carry the dead space along, and disk grows without data.',
  severity: 'medium',
  aliases: ['table_bloat'],
  source: 'Supabase lint 0020 table_bloat; estimate from pg_stats and pg_class',
  remedy:
    'Make autovacuum keep up (scale factor of the table), then rewrite it once: pg_repack without a lock, or VACUUM FULL in a window.',
  falseAlarms:
    'At least 50% and 100 MB. Size is only compared with the rows where no column can be stored out of line (TOAST is not bloat); elsewhere only counted dead rows are believed.',
  matrix: 'Monitoring',
  needs: ['relations', 'columns', 'tableStats'],
  uses: ['columnStats'],
  parameters: { minMegabytes: 100, minPercent: 50 },
  evaluate({ facts, parameters }) {
    const tables = userTablesByKey(facts.relations);
    const large = facts.tableStats.filter(
      (row) => tables.has(keyOf(row.schema, row.name)) && row.bytes >= parameters.minMegabytes * MB,
    );
    if (large.length === 0) return notApplicable(`no table is larger than ${parameters.minMegabytes} MB`);
    const columns = columnsByTable(facts.columns);
    const widths = groupBy(facts.columnStats ?? [], (row) => keyOf(row.schema, row.table));
    const findings = large.flatMap((row): FindingDraft[] => {
      const key = keyOf(row.schema, row.name);
      const own = columns.get(key) ?? [];
      const known = widths.get(key) ?? [];
      const total = row.liveRows + row.deadRows;
      const deadPercent = total === 0 ? 0 : (row.deadRows / total) * 100;
      const estimable = row.rowEstimate !== null && known.length === own.length && own.every(staysInline);
      const width = known.reduce((sum, stat) => sum + stat.averageWidth * (1 - stat.nullFraction), ROW_OVERHEAD);
      const expected = ((row.rowEstimate ?? 0) * width) / PAGE_USE;
      const sparePercent = estimable ? (1 - expected / row.bytes) * 100 : 0;
      const percent = Math.max(deadPercent, sparePercent);
      if (percent < parameters.minPercent || (row.bytes * percent) / 100 < (parameters.minMegabytes * MB) / 2)
        return [];
      const name = qualified(row.schema, row.name);
      return [
        {
          object: tableRef({ schema: row.schema, name: row.name }),
          message: `about ${Math.round(percent)}% of ${name} (${Math.round(row.bytes / MB)} MB) is dead space: scans and backups read it all the same`,
          detail:
            deadPercent >= sparePercent
              ? `${row.deadRows.toLocaleString('en-US')} dead rows beside ${row.liveRows.toLocaleString('en-US')} live ones.`
              : `About ${Math.round(row.rowEstimate ?? 0).toLocaleString('en-US')} rows of ${Math.round(width)} bytes need ${Math.max(1, Math.round(expected / MB))} MB.`,
          fix: {
            sql: `vacuum (full, analyze) ${name}`,
            command: `pg_repack --table ${name}, which takes no exclusive lock for the duration`,
          },
        },
      ];
    });
    return evaluated(large.length, 'large table', findings);
  },
});
