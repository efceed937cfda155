import type pg from 'pg';
import type { Facts } from '../../core/facts.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import { PLATFORM_SCHEMAS } from '../postgres/platform.ts';
import type { ShadowContext } from './collect.ts';
import { inCopy, stateOf } from './copy-session.ts';
import { type RowColumn, type RowTable, readRowTables } from './rows/catalogue.ts';
import { otherValue } from './rows/values.ts';
import { type MadeRow, openRowMaker, type RowMaker } from './rows.ts';

type Probed = Facts['timestampProbe'][number];

const TIMES = new Set(['timestamptz', 'timestamp', 'date']);
/** How many columns of a table are changed, one after the other. */
const MAX_CHANGES = 8;
/** Tables whose triggers do not end, before the rest is left alone. */
const MAX_TIMEOUTS = 4;
const LONG_AGO = '2001-01-01 00:00:00+00';

function timeColumns(table: RowTable): RowColumn[] {
  return table.columns.filter((column) => TIMES.has(column.base) && !column.array && !column.generated);
}

/** Columns whose change is just a change: no key, no time. */
function plainColumns(table: RowTable): RowColumn[] {
  const keyed = new Set([
    ...table.constraints.filter(({ type }) => type !== 'c').flatMap(({ columns }) => columns ?? []),
    ...table.uniques.flatMap(({ columns }) => columns ?? []),
  ]);
  return table.columns.filter(
    (column) => !keyed.has(column.name) && !column.generated && column.identity === '' && !TIMES.has(column.base),
  );
}

interface Change {
  column: RowColumn;
  value: string;
  /** A time is changed only where nothing else could be, to watch the others. */
  isTime: boolean;
}

/** What is changed, likeliest first. */
function changesOf(table: RowTable, watched: readonly RowColumn[]): Change[] {
  const plain = plainColumns(table).flatMap((column): Change[] => {
    const value = otherValue(column);
    return value === null ? [] : [{ column, value, isTime: false }];
  });
  const times = watched.length < 2 ? [] : watched;
  return [
    ...plain,
    ...times.map((column) => ({
      column,
      value: `(${quoteIdent(column.name)} - interval '1 day')::${column.type}`,
      isTime: true,
    })),
  ];
}

/** Runs in a savepoint, which `undo` rolls back; a refusal of PostgreSQL's is the answer's SQLSTATE. */
async function attempt<T>(
  client: pg.Client,
  undo: boolean,
  work: () => Promise<T>,
): Promise<{ value: T } | { state: string }> {
  await client.query('savepoint attempt');
  try {
    const value = await work();
    await client.query(undo ? 'rollback to savepoint attempt; release savepoint attempt' : 'release savepoint attempt');
    return { value };
  } catch (error) {
    const state = stateOf(error);
    await client.query('rollback to savepoint attempt; release savepoint attempt');
    return { state };
  }
}

async function timesOf(client: pg.Client, row: MadeRow, columns: readonly RowColumn[]): Promise<(string | null)[]> {
  const list = columns.map(({ name }, at) => `${quoteIdent(name)}::text as c${at}`).join(', ');
  const { rows } = await client.query<Record<string, string | null>>(
    `select ${list} from ${qualified(row.schema, row.table)} where ${row.where}`,
  );
  const found = rows[0];
  return columns.map((_, at) => found?.[`c${at}`] ?? null);
}

/** Sets the times back, past every trigger; only those that a check lets stand so far back can be watched. */
async function setBack(client: pg.Client, row: MadeRow, columns: readonly RowColumn[]): Promise<RowColumn[]> {
  const table = qualified(row.schema, row.table);
  await client.query('set local session_replication_role = replica');
  const set: RowColumn[] = [];
  for (const column of columns) {
    const done = await attempt(client, false, () =>
      client.query(
        `update ${table} set ${quoteIdent(column.name)} = '${LONG_AGO}'::timestamptz::${column.type} where ${row.where}`,
      ),
    );
    if ('value' in done && done.value.rowCount === 1) set.push(column);
  }
  await client.query('set local session_replication_role = origin');
  return set;
}

async function probeTable(client: pg.Client, maker: RowMaker, table: RowTable): Promise<Probed> {
  const { schema, name } = table;
  const result: Probed = { schema, table: name, changed: [], moved: [], still: [], reason: null };
  const failed = (reason: string): Probed => ({ ...result, changed: [], moved: [], still: [], reason });
  if (!table.constraints.some(({ type }) => type === 'p')) return failed('it has no primary key to find its row by');
  const outcome = await maker.scope().row(schema, name);
  if (!outcome.ok) return failed(`no row of it could be made: ${outcome.reason}`);
  const watched = await setBack(client, outcome.row, timeColumns(table));
  if (watched.length === 0) return failed('its checks let no time stand that has passed long ago');
  const before = await timesOf(client, outcome.row, watched);
  const isWatched = (column: string) => watched.some((time) => time.name === column);
  const moved = new Set<string>();
  let refused: string | null = null;
  for (const { column, value, isTime } of changesOf(table, watched)) {
    if (result.changed.length >= MAX_CHANGES || (isTime && result.changed.some((name) => !isWatched(name)))) break;
    const done = await attempt(client, true, async () => {
      const { rowCount } = await client.query(
        `update ${qualified(schema, name)} set ${quoteIdent(column.name)} = ${value} where ${outcome.row.where}`,
      );
      return rowCount === 1 ? timesOf(client, outcome.row, watched) : null;
    });
    if ('state' in done) {
      refused = done.state;
      if (done.state === '57014') break;
      continue;
    }
    if (done.value === null) continue;
    result.changed.push(column.name);
    done.value.forEach((time, at) => {
      const { name: watchedName } = watched[at] ?? { name: '' };
      if (time !== before[at] && watchedName !== column.name) moved.add(watchedName);
    });
    if (moved.size === watched.length) break;
  }
  if (result.changed.length === 0) {
    if (refused === '57014') return failed('an UPDATE of it did not end in time (57014)');
    return failed(
      refused === null
        ? 'it has no column but keys and times to change'
        : `every UPDATE of it was refused (${refused})`,
    );
  }
  for (const { name: column } of watched) (moved.has(column) ? result.moved : result.still).push(column);
  return result;
}

/**
 * Which time columns an UPDATE of another column moves, table by table, in a copy of the replayed database: a row is made
 * (rows.ts), its times are set back, one column after the other is changed. A table where that cannot be done is there
 * with its reason. Nothing of any row is kept.
 */
export function probeTimestamps(context: ShadowContext): Promise<Facts['timestampProbe']> {
  return inCopy(context, async (client) => {
    const { rows } = await client.query<{ oid: string }>(
      `select c.oid::text as oid from pg_catalog.pg_class c
       where not c.relispartition and not exists (
         select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`,
    );
    const own = new Set(rows.map(({ oid }) => oid));
    const tables = [...(await readRowTables(client)).values()].filter(
      (table) => own.has(table.oid) && !PLATFORM_SCHEMAS.includes(table.schema) && timeColumns(table).length > 0,
    );
    const maker = await openRowMaker(client);
    const found: Probed[] = [];
    let timeouts = 0;
    for (const table of tables) {
      context.signal?.throwIfAborted();
      if (timeouts >= MAX_TIMEOUTS) {
        const reason = `not tried: the triggers of ${MAX_TIMEOUTS} other tables did not end in time`;
        found.push({ schema: table.schema, table: table.name, changed: [], moved: [], still: [], reason });
        continue;
      }
      await client.query('savepoint probed_table');
      const probed = await probeTable(client, maker, table);
      await client.query('rollback to savepoint probed_table; release savepoint probed_table');
      if (probed.reason?.includes('57014')) timeouts++;
      found.push(probed);
    }
    return found.sort((a, b) => (a.schema === b.schema ? compare(a.table, b.table) : compare(a.schema, b.schema)));
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
