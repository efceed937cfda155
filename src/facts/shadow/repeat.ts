import pg from 'pg';
import type { Facts } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import type { ShadowContext } from './collect.ts';
import type { ShadowCopy } from './from-migrations.ts';
import { differences, readSchema } from './repeat-catalogue.ts';
import { type ReplayResult, replayMigrations } from './replay.ts';

/** Named differences that are kept. */
export const MAX_DIFFERENCES = 50;
/** The second replay happens this much later, so that names made of a year, a month or a day differ. */
export const DAYS_LATER = 400;

/**
 * Puts a database's clock forward, for what asks now(), clock_timestamp() or statement_timestamp(); CURRENT_DATE and its like
 * are PostgreSQL's own syntax and keep the machine's time.
 */
async function putClockForward({ adminUrl }: ShadowCopy): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'supaready' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const later = (name: string, volatility: string) =>
      `create or replace function pg_catalog.${name}() returns timestamptz language sql ${volatility} as $$ select pg_catalog.supaready_clock() + interval '${DAYS_LATER} days' $$`;
    // PostgreSQL calls its own functions by number, past the catalogue: only what is inlined is heard, so nothing in it is volatile.
    await client.query(
      [
        'begin',
        'set local allow_system_table_mods = on',
        `create function pg_catalog.supaready_clock() returns timestamptz language internal stable as 'clock_timestamp'`,
        later('now', 'stable'),
        later('statement_timestamp', 'stable'),
        later('clock_timestamp', 'volatile'),
        'commit',
      ].join(';\n'),
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Replays the migrations, as the first time, into a fresh database; other migrations of one server do not meet there. */
export async function replayAgain(context: ShadowContext, database: ShadowCopy): Promise<ReplayResult> {
  const { shadow, root, signal } = context;
  return replayMigrations({
    ...shadow.settings,
    // The URLs name the database already.
    server: { url: (_database, user) => (user === 'supabase_admin' ? database.adminUrl : database.url) },
    database: '',
    root,
    keepGoing: true,
    unwatched: true,
    ...(signal && { signal }),
  });
}

/**
 * Replays the migrations into a second fresh database, 400 days later by its clock, and compares what both replays made. Names
 * and definitions that hang on time or chance differ; a file may fail that worked before.
 */
export async function replayTwice(context: ShadowContext): Promise<Facts['replayTwice']> {
  const { shadow, signal } = context;
  const database = await shadow.fresh();
  try {
    await putClockForward(database);
    const second = await replayAgain(context, database);
    const before = new Set(shadow.replay.failures.map(({ path }) => path));
    const [one, two] = [await readSchema(shadow.url, signal), await readSchema(database.url, signal)];
    const { found, total } = differences(one, two, MAX_DIFFERENCES);
    return {
      daysLater: DAYS_LATER,
      failures: second.failures
        .filter(({ path }) => !before.has(path))
        .map(({ path, line, sqlstate, message, consequent }) => ({
          path,
          line,
          sqlstate,
          message: redact(message),
          consequent,
        })),
      differences: found,
      total,
    };
  } finally {
    await database.close().catch(() => undefined);
  }
}
