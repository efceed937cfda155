import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified } from '../../../core/text.ts';
import { tableRef } from '../../lib/tables.ts';

export const rowCounts = defineCheck({
  id: 'row-counts',
  rev: 1,
  title: 'No table lost rows since the last audit',
  why: 'A migration or job that deletes too much is noticed by its counts first, while the backup still holds the rows.',
  severity: 'high',
  source: 'CATALOGUE 3.4 row-counts',
  remedy: 'Find out what deleted them; restore from a backup if it was not meant.',
  falseAlarms:
    'The first audit has nothing to compare with; tables below 100 rows and estimated counts that changed by less than half are left out.',
  matrix: 'Seed',
  needs: ['rowCounts'],
  parameters: { dropPercent: 20, estimatedDropPercent: 50, minRows: 100 },
  evaluate({ facts, parameters }) {
    const present = facts.rowCounts.filter((row) => row.error === null);
    const failed = facts.rowCounts.filter((row) => row.error !== null);
    const compared = present.filter((row) => row.previous !== null);
    const findings = compared.flatMap((row): FindingDraft[] => {
      const before = row.previous ?? 0;
      const limit = row.exact ? parameters.dropPercent : parameters.estimatedDropPercent;
      if (before < parameters.minRows || row.count >= before * (1 - limit / 100)) return [];
      const lost = Math.round((1 - row.count / before) * 100);
      return [
        {
          object: tableRef({ schema: row.schema, name: row.table }),
          message: `${qualified(row.schema, row.table)} lost ${lost}% of its rows since the last audit`,
          detail: `${before.toLocaleString('en-US')} then, ${row.count.toLocaleString('en-US')} now${row.exact ? '' : ' (estimated)'}.`,
          fix: { command: 'Find out what deleted them, and restore if it was not meant.' },
        },
      ];
    });
    if (findings.length > 0) return evaluated(compared.length, 'table', findings);
    const first = failed[0];
    if (first)
      return skipped(
        `${counted(failed.length, 'table')} could not be counted, for example ${qualified(first.schema, first.table)}: ${first.error}`,
      );
    if (compared.length === 0 && present.length > 0) {
      const rows = present.reduce((sum, row) => sum + row.count, 0);
      return notApplicable(
        `counted for the first time: ${counted(rows, 'row')} in ${counted(present.length, 'table')}, nothing to compare with yet`,
      );
    }
    return evaluated(compared.length, 'table', []);
  },
});
