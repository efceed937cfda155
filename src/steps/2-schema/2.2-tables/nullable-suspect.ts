import { defineCheck, evaluated } from '../../../core/check.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnRef, keyOf, statsByTable, userTablesByKey, words } from '../../lib/tables.ts';

export const nullableSuspect = defineCheck({
  id: 'nullable-suspect',
  rev: 1,
  title: 'Columns that are never empty are declared NOT NULL',
  why: 'A key or state that may be NULL drops out of joins, unique constraints and policies without an error.',
  severity: 'low',
  source: 'CATALOGUE 2.2b nullable-suspect',
  remedy: 'Set NOT NULL once you know that no writer leaves it out.',
  falseAlarms:
    'Only keys, e-mail addresses and states in tables of at least 1,000 analysed rows, none of them empty, are suspected.',
  item: 'b',
  matrix: 'Schema',
  aspect: 'not null',
  needs: ['relations', 'columns', 'columnStats', 'tableStats'],
  parameters: { minRows: 1000 },
  evaluate({ facts, parameters }) {
    const tables = userTablesByKey(facts.relations);
    const stats = statsByTable(facts.tableStats);
    const nullable = new Set(
      facts.columns
        .filter((column) => !column.notNull && column.generated === '')
        .map((column) => `${keyOf(column.schema, column.relation)}\u0000${column.name}`),
    );
    const suspects = facts.columnStats.filter((stat) => {
      const last = words(stat.column).at(-1) ?? '';
      return tables.has(keyOf(stat.schema, stat.table)) && ['id', 'email', 'status', 'state'].includes(last);
    });
    const findings = suspects
      .filter((stat) => {
        const enough = (stats.get(keyOf(stat.schema, stat.table))?.rowEstimate ?? 0) >= parameters.minRows;
        return (
          enough && stat.nullFraction === 0 && nullable.has(`${keyOf(stat.schema, stat.table)}\u0000${stat.column}`)
        );
      })
      .map((stat) => {
        const object = columnRef(stat.schema, stat.table, stat.column);
        const table = qualified(stat.schema, stat.table);
        const count = (stats.get(keyOf(stat.schema, stat.table))?.rowEstimate ?? 0).toLocaleString('en-US');
        return {
          object,
          message: `${table}.${quoteIdent(stat.column)} is never empty but may be: one NULL drops its row out of joins and policies`,
          detail: `Statistics: no NULL in about ${count} rows.`,
          fix: { sql: `alter table ${table} alter column ${quoteIdent(stat.column)} set not null` },
        };
      });
    return evaluated(suspects.length, 'analysed key or state column', findings);
  },
});
