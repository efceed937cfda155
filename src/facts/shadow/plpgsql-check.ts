import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { Facts } from '../../core/facts.ts';
import { loadSqlParser } from '../../core/sql.ts';
import { quoteIdent } from '../../core/text.ts';
import { ensureBaseline } from './baseline.ts';
import type { ShadowContext } from './collect.ts';
import { inCopy, inSession, PROBE_STATEMENT_MS, stateOf } from './copy-session.ts';
import { MAX_TABLES } from './function-checks.ts';
import { type Excuse, excuses } from './functions/excuses.ts';
import { type ListedFunction, listFunctions, nameOf, pathOf } from './functions/list.ts';
import { type CheckRow, FunctionReport } from './functions/plpgsql-rows.ts';
import { distributionOf, installedFolders } from './machine.ts';
import { type ReplayResult, replayMigrations } from './replay.ts';
import { startServer } from './server.ts';
import { SHIM_VERSION } from './shims.ts';

type Answer = Facts['plpgsqlCheck'];
type Report = Extract<Answer, { version: string }>;
const SCHEMA = 'supaready_check';

async function checkFor(
  client: pg.Client,
  fn: ListedFunction,
  table: ListedFunction['tables'][number] | null,
): Promise<CheckRow[]> {
  const { rows } = await client.query<CheckRow>(
    `select lineno, statement, sqlstate, message, level from ${SCHEMA}.plpgsql_check_function_tb(
       funcoid := $1::regprocedure, relid := $2::oid::regclass, fatal_errors := false, performance_warnings := false, security_warnings := true, oldtable := $3, newtable := $4)`,
    [fn.oid, table?.oid ?? '0', table?.oldTable ?? null, table?.newTable ?? null],
  );
  return rows;
}

async function checkOne(client: pg.Client, fn: ListedFunction, excuse: Excuse, report: Report): Promise<void> {
  const trigger = fn.returns === 'trigger';
  if (trigger && fn.tables.length === 0) return;
  const part = new FunctionReport(report, fn, nameOf(fn), excuse);
  for (const table of trigger ? fn.tables.slice(0, MAX_TABLES) : [null]) {
    await client.query('savepoint checked');
    try {
      await client.query(`select pg_catalog.set_config('search_path', $1, true)`, [pathOf(fn)]);
      for (const row of await checkFor(client, fn, table))
        part.add(row, table === null ? null : [table.schema, table.table]);
    } catch (error) {
      part.failed(stateOf(error));
    } finally {
      await client.query('rollback to savepoint checked; release savepoint checked');
    }
  }
  part.end();
}

/** Runs plpgsql_check over the project's functions, in a transaction of a throw-away database; role postgres may create the extension there. */
async function checkAll(
  client: pg.Client,
  replay: ReplayResult,
  root: string,
  signal: AbortSignal | undefined,
): Promise<Report> {
  await client.query(`create schema ${SCHEMA}; create extension plpgsql_check schema ${SCHEMA}`);
  const { rows } = await client.query<{ version: string; server: string }>(
    `select extversion as version, split_part(current_setting('server_version'), ' ', 1) as server from pg_catalog.pg_extension where extname = 'plpgsql_check'`,
  );
  const functions = await listFunctions(client);
  const excuse = await excuses(client, functions, replay, root);
  const report: Report = {
    version: rows[0]?.version ?? '',
    server: rows[0]?.server ?? '',
    checked: [],
    issues: [],
    unjudged: [],
  };
  for (const fn of functions) {
    signal?.throwIfAborted();
    if (fn.language === 'plpgsql') await checkOne(client, fn, excuse, report);
  }
  return report;
}

/** The folder of the first installed server that has plpgsql_check. */
function serverWithExtension(): string | null {
  for (const { bin } of installedFolders()) {
    try {
      const { root, share } = distributionOf(bin);
      if (existsSync(join(root, share, 'extension', 'plpgsql_check.control'))) return bin;
    } catch {
      // Half an installation is none.
    }
  }
  return null;
}

const HOW_TO =
  'install PostgreSQL 15 or newer with plpgsql_check on this machine (Debian and Ubuntu: apt-get install postgresql-15-plpgsql-check), or `create extension plpgsql_check` in the database';

/** A second server for this alone: the history replayed there, checked, and gone. */
async function onSecondServer(context: ShadowContext, bin: string): Promise<Answer> {
  const { replay } = context.shadow;
  if (replay.tool === null) return { unavailable: 'there is no history to replay on another server' };
  const server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-check-')),
    binaries: bin,
    ephemeral: true,
    locked: true,
  });
  try {
    const database = 'plpgsql_check';
    await server.createDatabase(database, await ensureBaseline(server));
    const again = await replayMigrations({
      server,
      database,
      root: context.root,
      keepGoing: true,
      ...(replay.directory !== null && { migrations: replay.directory }),
      ...(context.signal && { signal: context.signal }),
    });
    const known = new Set(replay.failures.map(({ path }) => path));
    const failed = again.failures.find(({ path }) => !known.has(path));
    if (failed) {
      return {
        unavailable: `the history does not replay on ${quoteIdent(bin)}, where plpgsql_check is: ${failed.path}:${failed.line} (${failed.sqlstate})`,
      };
    }
    const copy = { url: server.url(database), adminUrl: server.url(database, 'supabase_admin') };
    return await inSession(copy, 'postgres', (client) => checkAll(client, again, context.root, context.signal), {
      signal: context.signal,
      statementMs: PROBE_STATEMENT_MS * 3,
    });
  } finally {
    await server.stop();
  }
}

/**
 * plpgsql_check over functions and trigger functions (for each table they stand on) of the replayed database: in a copy where
 * its server has the extension, else on a PostgreSQL of this machine that has it, where the history is replayed once more.
 * `unavailable` says what is missing. The audited database is not touched.
 */
export async function checkWithExtension(context: ShadowContext): Promise<Answer> {
  await loadSqlParser();
  const report = await inCopy(context, async (client): Promise<Report | null> => {
    const { rowCount } = await client.query(
      `select from pg_catalog.pg_available_extensions where name = 'plpgsql_check' and default_version <> $1`,
      [SHIM_VERSION],
    );
    return rowCount ? checkAll(client, context.shadow.replay, context.root, context.signal) : null;
  });
  if (report) return report;
  const bin = serverWithExtension();
  if (bin === null) return { unavailable: `no PostgreSQL at hand has the extension plpgsql_check; ${HOW_TO}` };
  return onSecondServer(context, bin);
}
