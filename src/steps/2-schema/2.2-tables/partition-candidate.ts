import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { keyOf, statsByTable, tableRef, userTables } from '../../lib/tables.ts';

const GB = 1024 ** 3;

export const partitionCandidate = defineCheck({
  id: 'partition-candidate',
  rev: 1,
  title: 'No table has grown past what one table should hold',
  why: 'On a very large table vacuum, index builds and retention deletes take hours; partitions turn a delete into dropping a table.',
  severity: 'medium',
  source: 'CATALOGUE 2.2f partition-candidate; PostgreSQL docs, “Table Partitioning”',
  remedy: 'Partition by time (pg_partman) or move old rows out; do it before the table grows further.',
  falseAlarms: 'Tables that are partitioned already are judged by nobody; row counts are the planner’s estimates.',
  item: 'f',
  matrix: 'Schema',
  needs: ['relations', 'tableStats'],
  parameters: { rows: 50_000_000, gigabytes: 50, appendOnlyRows: 10_000_000 },
  evaluate({ facts, parameters }) {
    const stats = statsByTable(facts.tableStats);
    const tables = userTables(facts.relations).filter(({ kind }) => kind === 'table');
    const findings = tables.flatMap((table): FindingDraft[] => {
      const row = stats.get(keyOf(table.schema, table.name));
      if (!row) return [];
      const rows = row.rowEstimate ?? row.liveRows;
      const large = rows > parameters.rows || row.bytes > parameters.gigabytes * GB;
      const appended = row.inserted > 0 && row.updated === 0 && row.deleted === 0 && rows > parameters.appendOnlyRows;
      if (!large && !appended) return [];
      const name = qualified(table.schema, table.name);
      const size = `about ${Math.round(rows).toLocaleString('en-US')} rows in ${(row.bytes / GB).toFixed(1)} GB`;
      return [
        {
          object: tableRef(table),
          severity: large ? 'medium' : 'low',
          message: large
            ? `${name} holds ${size} in one table: vacuum, index builds and deletes on it take hours`
            : `${name} only ever grows and holds ${size}: it will need partitions or a retention job`,
          detail: `${row.inserted.toLocaleString('en-US')} rows inserted, ${row.updated.toLocaleString('en-US')} updated and ${row.deleted.toLocaleString('en-US')} deleted since statistics began.`,
          fix: {
            command: 'Partition by the time column (pg_partman on Supabase), then move the rows over in batches.',
          },
        },
      ];
    });
    return evaluated(tables.length, 'table', findings);
  },
});
