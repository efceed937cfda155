import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { userForeignKeys } from '../../lib/foreign-keys.ts';
import { columnRef, keyOf } from '../../lib/tables.ts';

const COLUMN_MAX: Readonly<Record<string, bigint>> = {
  smallint: 32767n,
  integer: 2147483647n,
  bigint: 9223372036854775807n,
};

export const sequenceExhaustion = defineCheck({
  id: 'sequence-exhaustion',
  rev: 1,
  title: 'No sequence nears its end',
  why: 'When the last number is used, every insert into the table fails until the column is rebuilt as bigint under an exclusive lock.',
  severity: 'medium',
  source: 'CATALOGUE 2.2f sequence-exhaustion',
  remedy: 'Make the column, and the columns that reference it, bigint before the table grows.',
  falseAlarms:
    'What counts is the smaller of the sequence’s and the column’s range; cycling and descending sequences are left out.',
  item: 'f',
  matrix: 'Schema',
  needs: ['sequences', 'sequenceValues', 'constraints'],
  parameters: { medium: 50, high: 75, blocker: 90 },
  evaluate({ facts, parameters }) {
    const values = new Map(facts.sequenceValues.map((row) => [keyOf(row.schema, row.name), row.lastValue]));
    const sequences = facts.sequences.filter(
      (sequence) => !sequence.platform && !sequence.cycle && BigInt(sequence.increment) > 0n,
    );
    const keys = userForeignKeys(facts.constraints);
    const findings = sequences.flatMap((sequence): FindingDraft[] => {
      const last = values.get(keyOf(sequence.schema, sequence.name));
      if (!last) return [];
      const { column } = sequence;
      const columnMax = column ? COLUMN_MAX[column.type] : undefined;
      const max =
        columnMax !== undefined && columnMax < BigInt(sequence.maxValue) ? columnMax : BigInt(sequence.maxValue);
      if (max <= 0n) return [];
      const percent = Number((BigInt(last) * 1000n) / max) / 10;
      if (percent <= parameters.medium) return [];
      const severity = percent > parameters.blocker ? 'blocker' : percent > parameters.high ? 'high' : 'medium';
      const left = (max - BigInt(last)).toLocaleString('en-US');
      const name = qualified(sequence.schema, sequence.name);
      const object = column
        ? columnRef(column.schema, column.table, column.column)
        : objectRef('sequence', sequence.schema, sequence.name);
      const table = column ? qualified(column.schema, column.table) : null;
      const referencing = column
        ? keys.filter(
            ({ references }) =>
              references.schema === column.schema &&
              references.table === column.table &&
              references.columns[0] === column.column &&
              references.columns.length === 1,
          )
        : [];
      const widen = [
        ...(column && column.type !== 'bigint'
          ? [
              `alter table ${table} alter column ${quoteIdent(column.column)} type bigint`,
              ...referencing.map(
                (key) =>
                  `alter table ${qualified(key.schema, key.table)} alter column ${quoteIdent(key.columns[0] ?? '')} type bigint`,
              ),
            ]
          : []),
        `alter sequence ${name} as bigint no maxvalue`,
      ];
      return [
        {
          object,
          severity,
          message: `${table ? `${table}.${quoteIdent(column?.column ?? '')}` : name} has used ${percent}% of its numbers: after ${left} more, every insert fails`,
          detail: `${name} stands at ${BigInt(last).toLocaleString('en-US')} of ${max.toLocaleString('en-US')}${columnMax === max && column ? ` (the column is ${column.type})` : ''}.`,
          fix:
            max === COLUMN_MAX.bigint
              ? { command: 'Find out why numbers are burnt, and reset the sequence.' }
              : { sql: widen.join(';\n') },
        },
      ];
    });
    return evaluated(sequences.length, 'sequence', findings);
  },
});
