import { hintOf } from '../../../core/detect/hints.ts';
import { formatMs } from '../../../core/duration.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { isConnectionLoss } from '../connect-errors.ts';
import { failureReason } from '../failed-fact.ts';
import { readOnlyBeginning } from '../read-only.ts';
import scanTargets from '../sql/scan-targets.sql';
import { composeSql } from '../sql-text.ts';
import { DATA_STATEMENT_MS, SAMPLING_MS } from '../timeouts.ts';
import { rowsOf } from './link.ts';
import {
  type ColumnKind,
  firstRowsSql,
  readsWhole,
  SAMPLE_ROWS,
  type SampledColumn,
  type SampledTable,
  sampleSql,
  VALUE_CHARS,
} from './sample-sql.ts';
import type { Outcome, Scan } from './scan.ts';
import { key, ownTables, tableNames } from './tables.ts';
import { ColumnTally } from './tally.ts';

type Samples = Facts['columnSamples'];
type TableSample = Samples['tables'][number];

/** Columns in one query: a table may have 1,600. */
const COLUMNS_A_QUERY = 400;
/** What one batch of rows may come to, if all of its values were as long as is read. */
const BATCH_CHARS = 20_000_000;
/** Below so many rows a sample of a large table is taken to have met empty blocks. */
const SPARSE = 50;
/** A sweep that was cut short longer ago than this is begun anew. */
const STALE_MS = 24 * 3_600_000;
/** Taken for a size that could not be asked for. */
const UNKNOWN_BLOCKS = 1_000_000;
/** How many targets are looked up in one query. */
const TARGETS = 2000;

interface Target extends SampledTable {
  columns: SampledColumn[];
  error: string | null;
}

/**
 * Samples the project's tables, one query each (more only for the widest), at most 1,000 rows from many places, and counts what
 * the detectors find. Ends after the time allowed; tables not reached are named, and the next run goes on with them.
 */
export async function sampleColumns(scan: Scan): Promise<Outcome<'columnSamples'>> {
  const { options, plan, link } = scan;
  const now = options.now ?? (() => new Date().toISOString());
  const tables = ownTables(plan);
  const earlier = carriedOver(options.previousSamples ?? null, tables, now());
  const done = new Map(earlier?.tables.map((row) => [key(row.schema, row.table), row]) ?? []);
  const begunAt = earlier?.begunAt ?? now();
  const current = (): Samples => ({
    begunAt,
    tables: tables.flatMap(({ schema, name }) => done.get(key(schema, name)) ?? []),
    pending: tables
      .filter(({ schema, name }) => !done.has(key(schema, name)))
      .map(({ schema, name }) => ({ schema, table: name })),
  });
  options.onSampling?.(current);
  const started = performance.now();
  const until = started + (options.samplingMs ?? SAMPLING_MS);
  const left = tables.filter(({ schema, name }) => !done.has(key(schema, name)));
  const carried = done.size;
  for (let from = 0; from < left.length && performance.now() < until; from += TARGETS) {
    const targets = await targetsOf(scan, left.slice(from, from + TARGETS));
    for (const target of targets) {
      if (performance.now() >= until) break;
      done.set(key(target.schema, target.table), await sampleTable(link, target));
      const read = done.size - carried;
      const rest = ((performance.now() - started) / read) * (tables.length - done.size);
      const eta = rest > 5000 ? `, about ${formatMs(Math.min(rest, until - performance.now()))} left` : '';
      options.onProgress?.(
        `samples of ${target.schema}.${target.table} (${done.size} of ${tables.length} tables${eta})`,
        done.size,
        tables.length,
      );
    }
  }
  const value = current();
  return { value, hidden: notSeen(value) };
}

/** The sweep before, when it was cut short, not long ago: what it read, but what failed. */
function carriedOver(previous: Samples | null, tables: readonly Relation[], now: string): Samples | null {
  if (previous === null || previous.pending.length === 0) return null;
  if (Date.parse(now) - Date.parse(previous.begunAt) > STALE_MS) return null;
  const names = new Set(tables.map(({ schema, name }) => key(schema, name)));
  return {
    ...previous,
    tables: previous.tables.filter((row) => row.error === null && names.has(key(row.schema, row.table))),
  };
}

/** What a sample leaves unseen, in words, by schema. */
function notSeen({ tables, pending }: Samples): string[] {
  const failed = new Map<string, TableSample[]>();
  for (const row of tables) if (row.error !== null) failed.set(row.schema, [...(failed.get(row.schema) ?? []), row]);
  const hidden = [...failed].map(([schema, rows]) => {
    const [first] = rows;
    return `rows of ${counted(rows.length, 'table')} in schema ${quoteIdent(schema)}, for example ${quoteIdent(first?.table ?? '')}: ${first?.error}`;
  });
  const [next] = pending;
  if (next)
    hidden.push(
      `${counted(pending.length, 'table')} not reached in the time allowed, next ${qualified(next.schema, next.table)}: run it again to go on there`,
    );
  return hidden;
}

type TargetRow = { place: number; blocks: string | null; reachable: boolean; columns: [string, ColumnKind, boolean][] };

const REFUSED = 'permission denied (42501); grant select on it, or connect as a role that may read it';

async function targetsOf({ ask }: Scan, tables: readonly Relation[]): Promise<Target[]> {
  const answer = await ask<TargetRow>(composeSql(scanTargets, tableNames(tables)));
  if ('error' in answer)
    return tables.map(({ schema, name: table }) => ({ schema, table, blocks: 0, columns: [], error: answer.error }));
  const byPlace = new Map(answer.rows.map((row) => [Number(row.place), row]));
  return tables.map(({ schema, name: table }, at) => {
    const row = byPlace.get(at + 1);
    if (!row) return { schema, table, blocks: 0, columns: [], error: 'it was dropped meanwhile' };
    const wanted = row.columns.filter(([name, kind]) => kind !== 'number' || identifiesSomebody(name));
    const readable = row.reachable ? wanted.filter(([, , granted]) => granted) : [];
    const refused = wanted.length - readable.length;
    return {
      schema,
      table,
      // Its size is not known while it is locked: whatever is then read of it is no more than a sample.
      blocks: row.blocks === null ? UNKNOWN_BLOCKS : Number(row.blocks),
      columns: readable.map(([name, kind]) => ({ name, kind })),
      error: refused === 0 ? null : readable.length === 0 ? REFUSED : `${counted(refused, 'column')} of it: ${REFUSED}`,
    };
  });
}

function identifiesSomebody(column: string): boolean {
  const { card, ssn, phone } = hintOf(column);
  return card || ssn || phone;
}

async function sampleTable(link: Scan['link'], target: Target): Promise<TableSample> {
  const { schema, table, columns } = target;
  const sample: TableSample = { schema, table, rows: 0, whole: true, columns: 0, found: [], error: target.error };
  if (columns.length === 0 || target.blocks === 0) return { ...sample, columns: columns.length };
  for (let from = 0; from < columns.length; from += COLUMNS_A_QUERY) {
    const part = columns.slice(from, from + COLUMNS_A_QUERY);
    let answer = await read(link, sampleSql(target, part), part);
    if (!('error' in answer) && !readsWhole(target) && answer.rows < SPARSE) {
      const first = await read(link, firstRowsSql(target, part), part);
      if ('error' in first || first.rows > answer.rows) answer = first;
    }
    if ('error' in answer) {
      sample.error = answer.error;
      sample.whole = false;
      break;
    }
    sample.rows = Math.max(sample.rows, answer.rows);
    sample.whole &&= answer.whole && readsWhole(target);
    sample.columns += part.length;
    sample.found.push(...answer.tallies.flatMap((tally) => tally.result() ?? []));
  }
  return sample;
}

interface Read {
  rows: number;
  whole: boolean;
  tallies: ColumnTally[];
}

/** Runs a sample's query with a cursor, in batches that stay small whatever the values, each statement bounded in time. */
function read(link: Scan['link'], sql: string, columns: readonly SampledColumn[]): Promise<Read | { error: string }> {
  return link.run(async (client) => {
    const started = performance.now();
    const tallies = columns.map((column) => new ColumnTally(column));
    let batch = Math.min(SAMPLE_ROWS, Math.max(1, Math.floor(BATCH_CHARS / (columns.length * VALUE_CHARS))));
    let total: number | null = null;
    let rows = 0;
    // What fits into one batch whatever its values takes one round trip; else a cursor, and the rest in batches by size.
    const begin = readOnlyBeginning(DATA_STATEMENT_MS);
    const atOnce = batch >= SAMPLE_ROWS;
    let text = atOnce
      ? `${begin}; ${sql}\n; commit`
      : `${begin}; declare sample no scroll cursor for ${sql}; fetch ${batch} from sample`;
    try {
      for (;;) {
        const fetched = rowsOf<(string | null)[]>(await client.query({ text, rowMode: 'array' }));
        let chars = 0;
        for (const row of fetched) {
          total ??= row[0] === null ? null : Number(row[0]);
          for (const [at, tally] of tallies.entries()) {
            const value = row[at + 1] ?? null;
            chars += value?.length ?? 0;
            tally.add(value);
          }
        }
        rows += fetched.length;
        if (fetched.length < batch || rows >= SAMPLE_ROWS || atOnce) break;
        batch = Math.min(SAMPLE_ROWS, Math.max(batch, Math.floor(BATCH_CHARS / (2 * (chars / fetched.length) + 64))));
        text = `fetch ${batch} from sample`;
      }
      if (!atOnce) await client.query('commit');
      return { rows, whole: total === null ? rows === 0 : rows === total, tallies };
    } catch (error) {
      if (isConnectionLoss(error)) throw error;
      await client.query('rollback');
      return { error: failureReason(withoutValues(error), performance.now() - started) };
    }
  });
}

/** Casts fail with the value in their message: of errors in data (class 22) only the code is kept. */
function withoutValues(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22')
    ? Object.assign(new Error('a value of it cannot be read as text'), { code })
    : error;
}
