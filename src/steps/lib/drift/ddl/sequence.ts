import type { Row } from '../../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';

type Sequence = Row<'sequences'>;

/** `increment by 1 minvalue 1 …`: all that CREATE and ALTER SEQUENCE take. `type` only where the statement may name it. */
export function sequenceOptions(sequence: Sequence): string {
  const { increment, minValue, maxValue, start, cache, cycle } = sequence;
  return `increment by ${increment} minvalue ${minValue} maxvalue ${maxValue} start with ${start} cache ${cache} ${cycle ? 'cycle' : 'no cycle'}`;
}

/** What a sequence of that type has unless told otherwise. */
export function isPlainSequence(sequence: Sequence): boolean {
  const max = { smallint: '32767', integer: '2147483647', bigint: '9223372036854775807' }[sequence.type];
  return (
    sequence.increment === '1' &&
    sequence.minValue === '1' &&
    sequence.start === '1' &&
    sequence.cache === '1' &&
    !sequence.cycle &&
    sequence.maxValue === max
  );
}

export function sequenceName(sequence: Sequence): string {
  return qualified(sequence.schema, sequence.name);
}

/** CREATE SEQUENCE without its tie to a column. */
export function createSequence(sequence: Sequence): string {
  const unlogged = sequence.persistence === 'u' ? 'unlogged ' : '';
  return `create ${unlogged}sequence ${sequenceName(sequence)} as ${sequence.type} ${sequenceOptions(sequence)}`;
}

/** `table.column` of OWNED BY, or `none`. */
export function ownedBy(sequence: Sequence): string {
  if (sequence.tie !== 'owned' || sequence.column === null) return 'none';
  const { schema, table, column } = sequence.column;
  return `${qualified(schema, table)}.${quoteIdent(column)}`;
}
