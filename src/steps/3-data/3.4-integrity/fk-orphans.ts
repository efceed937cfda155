import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { columnRef } from '../../lib/tables.ts';

export const fkOrphans = defineCheck({
  id: 'fk-orphans',
  rev: 1,
  title: 'No row points at a row that is not there',
  why: 'Such rows vanish from joins and totals, and stop the constraint from ever being validated.',
  severity: 'high',
  source: 'CATALOGUE 3.4 fk-orphans',
  remedy:
    'Restore the missing rows, point the orphans elsewhere, or delete them; then add or validate the foreign key.',
  falseAlarms:
    'Only keys that are declared but not validated, and columns that name another table’s key, are searched; NULL points at nothing on purpose.',
  matrix: 'Seed',
  needs: ['orphans'],
  evaluate({ facts }) {
    const failed = facts.orphans.filter((row) => row.error !== null);
    const findings = facts.orphans.flatMap((row): FindingDraft[] => {
      if (row.error !== null || row.orphans === 0) return [];
      const table = qualified(row.schema, row.table);
      const column = quoteIdent(row.column);
      const target = qualified(row.referencesSchema, row.referencesTable);
      const many = row.orphans !== 1;
      return [
        {
          object: columnRef(row.schema, row.table, row.column),
          severity: row.constraint === null ? 'high' : 'blocker',
          message: `${counted(row.orphans, 'row')} of ${table} ${many ? 'point' : 'points'} at no row of ${target}: ${many ? 'they are' : 'it is'} missing from every join`,
          detail:
            row.constraint === null
              ? `${column} names ${target} but is no foreign key.`
              : `The foreign key ${row.constraint} is NOT VALID, and cannot be validated while ${many ? 'they are' : 'it is'} there.`,
          fix: {
            command: `select * from ${table} as t where t.${column} is not null and not exists (select from ${target} as r where r.${quoteIdent(row.referencesColumn)} = t.${column})`,
          },
          discriminator: `${row.referencesSchema}.${row.referencesTable}`,
        },
      ];
    });
    const first = failed[0];
    if (findings.length === 0 && first) {
      return skipped(
        `${counted(failed.length, 'search', 'searches')} could not be finished, for example ${qualified(first.schema, first.table)}.${quoteIdent(first.column)}: ${first.error}`,
      );
    }
    if (facts.orphans.length === 0)
      return notApplicable('every foreign key is validated, and no column names another table’s key without being one');
    return evaluated(facts.orphans.length, 'unproven reference', findings);
  },
});
