import type { Counts } from '../../core/detect/believable.ts';
import type { Facts } from '../../core/facts.ts';
import { counted, qualified, quoteIdent } from '../../core/text.ts';

/** A column in which the detectors found something, with what they counted. */
export interface SampledColumn {
  schema: string;
  table: string;
  column: string;
  kind: Facts['columnSamples']['tables'][number]['found'][number]['kind'];
  /** Values looked at, none of them null. */
  values: number;
  /** Whether the whole table was looked at, and not a sample. */
  whole: boolean;
  counts: Counts;
  /** The most frequent form of what a detector found, without a character of it. */
  shapes: Readonly<Record<string, string | null>>;
}

/** The columns of a sample in which something was found. */
export function foundColumns(samples: Facts['columnSamples']): SampledColumn[] {
  return samples.tables.flatMap(({ schema, table, whole, found }) =>
    found.map(({ column, kind, values, hits }) => ({
      schema,
      table,
      column,
      kind,
      values,
      whole,
      counts: Object.fromEntries(hits.map(({ detector, values: count }) => [detector, count])),
      shapes: Object.fromEntries(hits.map(({ detector, shape }) => [detector, shape])),
    })),
  );
}

/** How many columns were looked at in all. */
export function columnsLookedAt(samples: Facts['columnSamples']): number {
  return samples.tables.reduce((sum, { columns }) => sum + columns, 0);
}

/** `public.orders.note`, quoted where needed. */
export function columnName({ schema, table, column }: SampledColumn): string {
  return `${qualified(schema, table)}.${quoteIdent(column)}`;
}

/** `12 of 500 values looked at (all rows)`: how much a finding rests on. */
export function outOf(count: number, { values, whole }: SampledColumn): string {
  return `${count.toLocaleString('en-US')} of ${counted(values, 'value')} looked at${whole ? ' (every row)' : ' (a sample)'}`;
}
