import { hintOf } from '../../../core/detect/hints.ts';
import { formatMs } from '../../../core/duration.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { isConnectionLoss } from '../connect-errors.ts';
import { failureReason } from '../failed-fact.ts';
import { readOnlyTransaction } from '../read-only.ts';
import scanTargets from '../sql/scan-targets.sql';
import { composeSql } from '../sql-text.ts';
import { type Fields, streamRows } from '../stream-rows.ts';
import { DATA_STATEMENT_MS, SAMPLING_MS, SILENCE_MS } from '../timeouts.ts';
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
const COLUMNS_A_QUERY = 100;
/** What one batch of rows may come to, if all of its values were as long as is read. */
const BATCH_CHARS = 20_000_000;
/** Below so many rows a sample of a large table is taken to have met empty blocks. */
const SPARSE = 50;
/** A sweep that was cut short longer ago than this is begun anew. */
const STALE_MS = 24 * 3_600_000;
/** Taken for a size that could not be asked for. */
const UNKNOWN_BLOCKS = 1_000_000;
/** Statements in one message, but for a table that needs more: as many time-outs it may last. */
const STATEMENTS_A_MESSAGE = 8;
/** How many targets are looked up in one query. */
const TARGETS = 2000;

interface Target extends SampledTable {
  columns: SampledColumn[];
  error: string | null;
}

/**
 * Samples the project's tables, one query each (more only for the widest), several queries a message, at most 1,000 rows from many places, and counts what
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
  const put = (sample: TableSample): void => {
    done.set(key(sample.schema, sample.table), sample);
    const rest = ((performance.now() - started) / (done.size - carried)) * (tables.length - done.size);
    const eta = rest > 5000 ? `, about ${formatMs(Math.min(rest, until - performance.now()))} left` : '';
    options.onProgress?.(
      `samples of ${sample.schema}.${sample.table} (${done.size} of ${tables.length} tables${eta})`,
      done.size,
      tables.length,
    );
  };
  for (let from = 0; from < left.length && performance.now() < until; from += TARGETS)
    await sampleTargets(link, await targetsOf(scan, left.slice(from, from + TARGETS)), until, put);
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

/** What one query reads of a table. */
interface Part {
  target: Target;
  columns: SampledColumn[];
  /** As many as are bounded in time each. */
  statements: string[];
}

function partOf(target: Target, columns: SampledColumn[], sql: string): Part {
  // What may come to much is read with a cursor, so that the time-out is for each batch.
  const batch = Math.max(1, Math.floor(BATCH_CHARS / (columns.length * VALUE_CHARS)));
  const fetches = Array.from({ length: Math.ceil(SAMPLE_ROWS / batch) }, () => `fetch ${batch} from sample`);
  const statements = fetches.length === 1 ? [sql] : [`declare sample no scroll cursor for ${sql}`, ...fetches];
  return { target, columns, statements };
}

function partsOf(target: Target): Part[] {
  if (target.blocks === 0) return [];
  const slices = Array.from({ length: Math.ceil(target.columns.length / COLUMNS_A_QUERY) }, (_, at) =>
    target.columns.slice(at * COLUMNS_A_QUERY, (at + 1) * COLUMNS_A_QUERY),
  );
  return slices.map((columns) => partOf(target, columns, sampleSql(target, columns)));
}

interface Read {
  rows: number;
  whole: boolean;
  tallies: ColumnTally[];
}
type Answer = Read | { error: string };

/** Reads these tables and hands over each that is done, until the time is over. */
async function sampleTargets(
  link: Scan['link'],
  targets: readonly Target[],
  until: number,
  put: (sample: TableSample) => void,
): Promise<void> {
  const left = targets.flatMap(partsOf);
  const waiting = new Map<Target, number>();
  for (const { target } of left) waiting.set(target, (waiting.get(target) ?? 0) + 1);
  for (const target of targets) if (!waiting.has(target)) put(sampleOf(target, []));
  const answers = new Map<Target, Answer[]>();
  const sparse: [Part, Read][] = [];
  const finish = (target: Target, answer: Answer): void => {
    const own = [...(answers.get(target) ?? []), answer];
    answers.set(target, own);
    if (own.length === waiting.get(target)) put(sampleOf(target, own));
  };
  while (left.length > 0 && performance.now() < until) {
    await readParts(link, nextMessage(left), (part, answer) => {
      if ('error' in answer || readsWhole(part.target) || answer.rows >= SPARSE) finish(part.target, answer);
      else sparse.push([part, answer]);
    });
    for (const [{ target, columns }, answer] of sparse.splice(0)) {
      const again = partOf(target, columns, firstRowsSql(target, columns));
      await readParts(link, [again], (_, first) =>
        finish(target, 'error' in first || first.rows > answer.rows ? first : answer),
      );
    }
  }
}

/** Takes off the parts that go into one message: the server is not kept waiting between them. */
function nextMessage(left: Part[]): Part[] {
  let statements = 0;
  const fits = left.findIndex((part, at) => {
    statements += part.statements.length;
    return at > 0 && statements > STATEMENTS_A_MESSAGE;
  });
  return left.splice(0, fits === -1 ? left.length : fits);
}

function sampleOf(target: Target, answers: readonly Answer[]): TableSample {
  const { schema, table, columns, error } = target;
  const sample: TableSample = { schema, table, rows: 0, whole: true, columns: 0, found: [], error };
  if (answers.length === 0) return { ...sample, columns: columns.length };
  for (const answer of answers) {
    if ('error' in answer) {
      sample.error = answer.error;
      sample.whole = false;
      continue;
    }
    sample.rows = Math.max(sample.rows, answer.rows);
    sample.whole &&= answer.whole && readsWhole(target);
    sample.columns += answer.tallies.length;
    sample.found.push(...answer.tallies.flatMap((tally) => tally.result() ?? []));
  }
  return sample;
}

/**
 * Reads these parts in one message, each in a transaction of its own, and looks at each row as it arrives: no sample is held in
 * memory. A part that fails takes those behind it along, which are asked for again.
 */
async function readParts(
  link: Scan['link'],
  parts: readonly Part[],
  take: (part: Part, answer: Answer) => void,
): Promise<void> {
  const left = [...parts];
  for (let part = left[0]; part !== undefined; part = left[0]) {
    await link.run(async (client, limited) => {
      const begun = performance.now();
      let read: PartRead | null = null;
      const close = (): void => {
        const [done] = left;
        if (read === null || done === undefined) return;
        left.shift();
        take(done, read.answer());
        read = null;
      };
      try {
        await streamRows(
          client,
          left.map(({ statements }) => transactionOf(statements, limited)).join('; '),
          (fields) => {
            if (fields.length > 1) return read?.add(fields);
            close();
            read = new PartRead(left[0]?.columns ?? []);
          },
          left.reduce((ms, { statements }) => ms + statements.length * DATA_STATEMENT_MS, SILENCE_MS),
        );
        close();
      } catch (error) {
        if (isConnectionLoss(error)) throw error;
        const failed = left.shift();
        if (failed === undefined) throw error;
        await client.query('rollback');
        const ms = Math.min(performance.now() - begun, DATA_STATEMENT_MS);
        take(failed, { error: failureReason(withoutValues(error), ms) });
      }
    });
  }
}

/** The row of one value tells the parts' rows apart. */
function transactionOf(statements: readonly string[], limited: boolean): string {
  return readOnlyTransaction(DATA_STATEMENT_MS, ['select null', ...statements].join('; '), limited);
}

/** What has come of one part. */
class PartRead {
  readonly #tallies: ColumnTally[];
  #total: number | null = null;
  #rows = 0;

  constructor(columns: readonly SampledColumn[]) {
    this.#tallies = columns.map((column) => new ColumnTally(column));
  }

  add(fields: Fields): void {
    this.#total ??= fields[0] as number | null;
    this.#rows++;
    for (const [at, tally] of this.#tallies.entries()) tally.add((fields[at + 1] ?? null) as string | null);
  }

  answer(): Read {
    const rows = this.#rows;
    return { rows, whole: this.#total === null ? rows === 0 : rows === this.#total, tallies: this.#tallies };
  }
}

/** Casts fail with the value in their message: of errors in data (class 22) only the code is kept. */
function withoutValues(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22')
    ? Object.assign(new Error('a value of it cannot be read as text'), { code })
    : error;
}
