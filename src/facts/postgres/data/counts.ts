import type { Facts, Relation } from '../../../core/facts.ts';
import { qualified } from '../../../core/text.ts';

/** Up to how many estimated rows a table is counted and not estimated. */
export const EXACT_UP_TO = 1_000_000;
/** Small tables are counted together, so that a far server costs few round trips. */
const BATCH_TABLES = 50;
const BATCH_ROWS = 100_000;

export interface Countable {
  table: Relation;
  /** Null when it was never analysed. */
  estimate: number | null;
}

/** Tables to count, in groups for one query each. */
export function batches(tables: readonly Countable[]): Countable[][] {
  const groups: Countable[][] = [];
  let group: Countable[] = [];
  let rows = 0;
  for (const countable of tables) {
    const weight = countable.estimate ?? BATCH_ROWS / BATCH_TABLES;
    if (group.length > 0 && (group.length === BATCH_TABLES || rows + weight > BATCH_ROWS)) {
      groups.push(group);
      group = [];
      rows = 0;
    }
    group.push(countable);
    rows += weight;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** One row of a count for each table, in the order given. */
export function countSql(group: readonly Countable[]): string {
  return group
    .map(
      ({ table }, at) => `select ${at} as place, count(*)::text as count from ${qualified(table.schema, table.name)}`,
    )
    .join('\nunion all\n');
}

/** Makes facts with the count of the snapshot before beside each. */
export function countFacts(previous: Facts['rowCounts'] | null) {
  const before = new Map(
    // Where the count before failed, the one before it is the last that is known.
    (previous ?? []).flatMap((row) => {
      const count = row.error === null ? row.count : row.previous;
      return count === null ? [] : [[`${row.schema}\0${row.table}`, count] as const];
    }),
  );
  return (
    { schema, name }: Relation,
    count: number,
    exact: boolean,
    error: string | null,
  ): Facts['rowCounts'][number] => ({
    schema,
    table: name,
    count,
    exact,
    previous: before.get(`${schema}\0${name}`) ?? null,
    error,
  });
}
