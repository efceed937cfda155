import { qualified, quoteIdent } from '../../../core/text.ts';

/** Rows of a table that are looked at, at most. */
export const SAMPLE_ROWS = 1000;
/** From how many places (blocks) of a large table they come. */
const PLACES = 48;
/** How many from each, so that the expected sum stays below SAMPLE_ROWS and its limit cuts nothing off the end. */
const ROWS_A_PLACE = 16;
/** Characters of one value that are read. */
export const VALUE_CHARS = 4096;
/** Compressed bytes beyond which a value that must be turned into text as a whole is left out. */
const LARGEST = 1_000_000;
/** The same blocks in every run, so that a finding does not come and go. */
const SEED = 20;

export type ColumnKind = 'text' | 'json' | 'array' | 'number';

export interface SampledColumn {
  name: string;
  kind: ColumnKind;
}

export interface SampledTable {
  schema: string;
  table: string;
  /** Size in blocks, of all partitions together. */
  blocks: number;
}

/** The value's beginning as text. What has to be turned into text as a whole is left out when it is very large: it counts as cut. */
function beginning({ kind }: SampledColumn, place: string): string {
  if (kind === 'text') return `left(${place}::text, ${VALUE_CHARS})`;
  if (kind === 'number') return `${place}::text`;
  const text = kind === 'array' ? `array_to_string(${place}, E'\\n')` : `${place}::text`;
  return `case when ${place} is null then null when pg_column_size(${place}) > ${LARGEST} then repeat('.', ${VALUE_CHARS}) else left(${text}, ${VALUE_CHARS}) end`;
}

/** True when the query reads every block. */
export function readsWhole({ blocks }: SampledTable): boolean {
  return blocks <= PLACES;
}

/**
 * One query for a table's sample: first column the number of rows in the blocks read, then each column's value. Small tables are
 * read whole, large ones at 48 places: blocks taken by TABLESAMPLE SYSTEM, some rows from each. Values are shortened after rows
 * are chosen, so that no other row's large values are fetched.
 */
export function sampleSql(table: SampledTable, columns: readonly SampledColumn[]): string {
  const whole = readsWhole(table);
  const each = whole ? Math.ceil(SAMPLE_ROWS / Math.max(1, table.blocks)) : ROWS_A_PLACE;
  const sample = whole
    ? ''
    : ` tablesample system (${((100 * PLACES) / table.blocks).toPrecision(6)}) repeatable (${SEED})`;
  const inner = columns.map(({ name }, at) => `t.${quoteIdent(name)} as c${at}`);
  const outer = columns.map((column, at) => beginning(column, `x.c${at}`));
  return `select ${['x.total', ...outer].join(', ')} from (
  select ${[...inner, 'row_number() over (partition by t.tableoid, (t.ctid::text::point)[0]) as place', 'count(*) over () as total'].join(', ')}
  from ${qualified(table.schema, table.table)} as t${sample}
) as x
where ${whole ? `x.total <= ${SAMPLE_ROWS} or ` : ''}x.place <= ${each}
limit ${SAMPLE_ROWS}`;
}

/** For a table of mostly empty blocks, in which no sampled place held rows: whatever rows come first. */
export function firstRowsSql(table: SampledTable, columns: readonly SampledColumn[]): string {
  const inner = columns.map(({ name }, at) => `t.${quoteIdent(name)} as c${at}`);
  const outer = columns.map((column, at) => beginning(column, `x.c${at}`));
  return `select ${['null', ...outer].join(', ')} from (select ${inner.join(', ')} from ${qualified(table.schema, table.table)} as t limit ${SAMPLE_ROWS}) as x`;
}
