import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified, quoteIdent, quoteLiteral } from '../../../core/text.ts';
import { columnRef } from '../../lib/tables.ts';

export const sequenceBehind = defineCheck({
  id: 'sequence-behind',
  rev: 1,
  title: 'Every sequence stands past the numbers already used',
  why: 'After an import or a seed with written-out ids the sequence hands out numbers that are taken: inserts fail until it has caught up.',
  severity: 'high',
  source: 'CATALOGUE 3.4 (issue B: sequences); PostgreSQL docs, setval',
  remedy: 'Set the sequence to the highest number in its column, and let imports do so at their end.',
  falseAlarms:
    'High only when the very next number is taken and the column is a key; a gap that leads to a taken number later is low.',
  matrix: 'Seed',
  needs: ['sequencePositions'],
  evaluate({ facts }) {
    const failed = facts.sequencePositions.filter(({ error }) => error !== null);
    const findings = facts.sequencePositions.flatMap((row): FindingDraft[] => {
      const { schema, table, column, sequence, last, reached, increment } = row;
      if (row.error !== null || reached === null) return [];
      const falling = increment.startsWith('-');
      const passed = last !== null && (falling ? BigInt(reached) >= BigInt(last) : BigInt(reached) <= BigInt(last));
      if (passed || (last === null && !row.nextTaken)) return [];
      const object = columnRef(schema, table, column);
      const target = qualified(schema, table);
      const name = qualified(sequence.schema, sequence.name);
      const fails = row.unique && row.nextTaken;
      return [
        {
          object,
          severity: fails ? 'high' : 'low',
          message: fails
            ? `the next insert into ${target} fails: its sequence ${name} hands out a number of ${quoteIdent(column)} that is taken`
            : `${target}.${quoteIdent(column)} holds numbers that its sequence ${name} has yet to reach`,
          detail: `The sequence stands at ${last ?? 'its start'}, the column at ${reached}.`,
          fix: {
            sql: `select pg_catalog.setval(${quoteLiteral(name)}::regclass, (select pg_catalog.${falling ? 'min' : 'max'}(${quoteIdent(column)}) from ${target}))`,
          },
          discriminator: `${sequence.schema}.${sequence.name}`,
        },
      ];
    });
    const [first] = failed;
    if (findings.length === 0 && first)
      return skipped(
        `${counted(failed.length, 'sequence')} could not be compared, for example of ${qualified(first.schema, first.table)}.${quoteIdent(first.column)}: ${first.error}`,
      );
    return evaluated(facts.sequencePositions.length, 'sequence', findings);
  },
});
