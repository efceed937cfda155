import type pg from 'pg';
import { redact } from '../../core/redact.ts';
import type { AdminSession } from './admin-session.ts';
import { copyRows } from './copy-rows.ts';
import { isHarmless, psqlHint } from './psql-commands.ts';
import { hintFor, missingExtension } from './replay-hints.ts';
import { isServerTrouble } from './server-trouble.ts';
import { SHIMS } from './shims.ts';
import { type SqlPiece, splitSql } from './split-sql.ts';
import { BatchError, StatementBatch } from './statement-batch.ts';
import { planStatement, type StatementPlan } from './statement-plan.ts';

/** Where a migration broke off. */
export interface ReplayFailure {
  /** Relative to the repository. */
  path: string;
  /** Line of the error where PostgreSQL says it, else of the statement. */
  line: number;
  sqlstate: string;
  message: string;
  /** What to do. */
  hint: string;
  /** True when an earlier file failed, so that this one may lack what that one would have made. */
  consequent: boolean;
}

/** The session migrations run in. */
export interface ReplaySession {
  client: pg.Client;
  /** A superuser's connection beside it, for privileged statements; null where those are simply tried. */
  admin: AdminSession | null;
  /** True where the login is a superuser, who becomes `postgres` with each reset. */
  becomesPostgres: boolean;
  /** Cancels what runs on the session, from outside. */
  cancel(): void;
  /** False once the connection is gone. */
  alive(): boolean;
  /** Ends both connections; never rejects. */
  end(): Promise<void>;
}

export interface FileOptions {
  path: string;
  script: string;
  session: ReplaySession;
  /** Per statement. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** The tool hands the file to psql, which knows commands of its own and sends the rows of COPY. */
  psql?: boolean;
  /** False where the file asks its tool for no transaction. */
  transaction?: boolean;
  /** SQL to send before a statement, which stands at `line`: it tells the database where it comes from. */
  mark?: ((text: string, line: number) => string) | undefined;
  /** Run within the file's transaction, at its end: what the tool records. */
  record: { sql: string; values: unknown[] } | null;
}

export interface FileResult {
  statements: number;
  failure: ReplayFailure | null;
  /** Extensions that no migration creates although this one needs them. */
  assumed: string[];
}

/** What may not be run with a superuser's rights. */
class PlanRefused extends Error {
  readonly code = '42501';
}

class StatementError extends Error {
  readonly line: number;
  readonly sqlstate: string;
  readonly hint: string | null;
  constructor(line: number, sqlstate: string, message: string, cause: unknown, hint: string | null = null) {
    super(message, { cause });
    this.line = line;
    this.sqlstate = sqlstate;
    this.hint = hint;
  }
}

/** What only psql does, where the tool is another: the same error as the tool's user meets, and what to do. */
function refusePsql({ line, meta, text }: SqlPiece, psql: boolean): void {
  if (meta && !(psql && isHarmless(text))) {
    const message = psql ? 'a command of psql is not run in the replay' : 'syntax error at or near "\\"';
    throw new StatementError(line, psql ? '0A000' : '42601', message, undefined, psqlHint(text, psql));
  }
}

async function timed(session: ReplaySession, options: FileOptions, sql: string, rows?: string): Promise<void> {
  const timer = setTimeout(() => session.cancel(), options.timeoutMs);
  const abort = () => session.cancel();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    if (rows === undefined) await session.client.query(sql);
    else await copyRows(session.client, sql, rows);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}

/**
 * Gives the superuser's transaction a search path. PostgreSQL calls a wrapper's validator with the rights of whoever makes the
 * wrapper: it must be a superuser's function, and is found first.
 */
async function givePath(admin: AdminSession, path: string, validator: string | undefined): Promise<void> {
  const set = (value: string) => admin.query(`select pg_catalog.set_config('search_path', $1, true)`, [value]);
  await set(path);
  if (validator === undefined) return;
  const { rows } = await admin.query<{ oid: string | null }>(
    'select pg_catalog.to_regprocedure($1)::pg_catalog.oid as oid',
    [validator],
  );
  await set('pg_catalog');
  const { rows: safe } = await admin.query<{ home: string }>(
    `select pg_catalog.quote_ident(n.nspname) as home from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     join pg_catalog.pg_roles r on r.oid = p.proowner where p.oid = $1::oid and r.rolsuper`,
    [rows[0]?.oid ?? null],
  );
  if (!safe[0])
    throw new PlanRefused('permission denied to let a foreign-data wrapper call a validator of the project’s');
  await set(path === '' ? safe[0].home : `${safe[0].home}, ${path}`);
}

/**
 * Runs one statement that PostgreSQL allows only to superusers and hosted Supabase to `postgres` too: on the superuser's own
 * connection, so that the session of the repository's SQL has nothing to come back to. What names it uses mean what they
 * mean in that session.
 */
async function runAsAdmin(
  admin: AdminSession,
  { client }: ReplaySession,
  plan: StatementPlan,
  mark: string,
): Promise<void> {
  const { rows } = await client.query<{ path: string }>(`select pg_catalog.current_setting('search_path') as path`);
  await admin.query('begin');
  try {
    if (mark) await admin.query(mark);
    await givePath(admin, rows[0]?.path ?? '', plan.validator);
    await admin.query(plan.sql);
    if (plan.after) await admin.query(plan.after);
    await admin.query('commit');
  } catch (error) {
    await admin.query('rollback').catch(() => undefined);
    throw error;
  }
}

const COPY_ONLY_PSQL = 'COPY … FROM stdin: the rows in the file are sent by psql only';
const COPY_HINT = 'Turn the rows into INSERT statements (pg_dump --inserts), or load them with psql from a seed file';

const NUL = '\0';

/** PostgreSQL reads a message up to the first NUL and calls the rest a broken protocol; the cause is the file's encoding. */
function refuseNul(script: string): void {
  const at = script.indexOf(NUL);
  if (at === -1) return;
  throw new StatementError(
    script.slice(0, at).split('\n').length,
    '22021',
    'the file has NUL characters, as UTF-16 does, and PostgreSQL takes none',
    undefined,
    'Save the file as UTF-8',
  );
}

/** How far a file has come for good: what is tried again goes on from there. */
interface Progress {
  /** Statements that stand committed. */
  committed: number;
}

/**
 * Runs a file's statements; several transactions only where the file or PostgreSQL demands it, and around privileged
 * statements, which another connection runs: what stands before one must be visible there.
 */
async function runStatements(
  options: FileOptions,
  commitAfterAddValue: boolean,
  together: boolean,
  progress: Progress,
): Promise<number> {
  const { session, script } = options;
  const { client } = session;
  refuseNul(script);
  const batch = new StatementBatch();
  /** Nothing of the file is committed yet. */
  let whole = together && options.transaction !== false && progress.committed === 0;
  let open = false;
  let statements = 0;
  let lastLine = 1;

  const commit = async (upTo: number) => {
    if (open) await client.query('commit');
    open = false;
    progress.committed = upTo;
  };
  const run = async (plan: StatementPlan, mark: string, rows?: string): Promise<void> => {
    if (plan.kind === 'begin') {
      if (!open) await client.query('begin');
      open = true;
      return;
    }
    if (plan.kind === 'end') {
      if (open) await client.query(plan.sql);
      open = false;
      progress.committed = statements + 1;
      return;
    }
    if (plan.kind === 'privileged' && session.admin) {
      await commit(statements);
      await runAsAdmin(session.admin, session, plan, mark);
      progress.committed = statements + 1;
      return;
    }
    if (plan.kind === 'outside') {
      await commit(statements);
      if (mark) await client.query(mark);
      await timed(session, options, plan.sql);
      if (plan.after) await client.query(plan.after);
      progress.committed = statements + 1;
      return;
    }
    if (!open) await client.query('begin');
    open = true;
    // In one message with the statement, which a file of many thousands would otherwise wait for twice.
    await timed(session, options, rows === undefined ? mark + plan.sql : plan.sql, rows);
    if (options.transaction === false || (plan.kind === 'add-value' && commitAfterAddValue))
      await commit(statements + 1);
  };

  const flush = async (): Promise<void> => {
    const { count } = batch;
    if (count === 0) return;
    if (!open) await client.query('begin');
    open = true;
    try {
      await timed(session, options, batch.take());
    } catch (error) {
      const { code } = error as pg.DatabaseError;
      throw code === undefined || isServerTrouble(code)
        ? error
        : new BatchError((error as Error).message, { cause: error });
    }
    statements += count;
  };

  try {
    for (const piece of splitSql(script)) {
      options.signal?.throwIfAborted();
      if (piece.meta) await flush();
      refusePsql(piece, options.psql ?? false);
      lastLine = piece.line;
      if (piece.meta) continue;
      const rows = options.psql ? piece.copyData : undefined;
      if (statements < progress.committed) {
        statements++;
        continue;
      }
      const mark = options.mark?.(piece.text, piece.line) ?? '';
      const plan = planStatement(piece.text);
      if (whole && StatementBatch.takes(plan, piece)) {
        batch.add(mark + plan.sql);
        if (batch.isFull) await flush();
        continue;
      }
      await flush();
      try {
        if (plan.refused && session.admin) throw new PlanRefused(plan.refused);
        await run(plan, mark, rows);
        whole &&= open;
      } catch (error) {
        const { code, position } = error as pg.DatabaseError;
        if (code === undefined) throw error;
        if (piece.copyData !== undefined && rows === undefined)
          throw new StatementError(piece.line, '0A000', COPY_ONLY_PSQL, error, COPY_HINT);
        const before =
          position === undefined ? '' : piece.text.slice(0, Math.max(0, Number(position) - 1 - mark.length));
        throw new StatementError(piece.line + before.split('\n').length - 1, code, (error as Error).message, error);
      }
      statements++;
    }
    await flush();
    try {
      if (options.record) {
        if (!open) await client.query('begin');
        open = true;
        await client.query(options.record.sql, options.record.values);
      }
      if (open) await client.query('commit');
    } catch (error) {
      // A deferred constraint speaks at the end; a migration may have dropped where the tool writes it down.
      const { code } = error as pg.DatabaseError;
      throw code === undefined ? error : new StatementError(lastLine, code, (error as Error).message, error);
    }
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    options.signal?.throwIfAborted();
    throw error;
  }
  return statements;
}

/** As role postgres, to whom the extension then belongs; false when it is there already or cannot be made. */
async function enableExtension({ client }: ReplaySession, name: string): Promise<boolean> {
  const shim = SHIMS.find((item) => item.name === name);
  const place = shim?.schema ? '' : `with schema ${shim?.home ?? 'extensions'}`;
  try {
    const { rowCount } = await client.query('select from pg_extension where extname = $1', [name]);
    if (rowCount) return false;
    await client.query(`create extension "${name}" ${place} cascade`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Applies one migration file: in one transaction as the Supabase CLI does, rolled back whole when a statement fails.
 * Statements that PostgreSQL refuses there run outside, and what only hosted Supabase lets `postgres` do runs on the
 * superuser's connection: what stands before either is committed and stays. Tried again, from there, when the file uses an
 * enum value it added itself, or an extension that nobody created. Rejects only when the connection breaks or the signal aborts.
 */
export async function applyFile(options: FileOptions): Promise<FileResult> {
  const assumed: string[] = [];
  const progress: Progress = { committed: 0 };
  let commitAfterAddValue = false;
  let together = true;
  for (;;) {
    try {
      const statements = await runStatements(options, commitAfterAddValue, together, progress);
      return { statements, failure: null, assumed };
    } catch (error) {
      if (error instanceof BatchError) {
        together = false;
        continue;
      }
      if (!(error instanceof StatementError) || isServerTrouble(error.sqlstate)) throw error;
      if (error.sqlstate === '55P04' && !commitAfterAddValue) {
        commitAfterAddValue = true;
        continue;
      }
      const extension = missingExtension(error.message);
      if (extension && !assumed.includes(extension) && (await enableExtension(options.session, extension))) {
        assumed.push(extension);
        continue;
      }
      const { line, sqlstate, message, hint } = error;
      const failure = {
        path: options.path,
        line,
        sqlstate,
        message: redact(message),
        hint: hint ?? hintFor(sqlstate, message),
        consequent: false,
      };
      return { statements: 0, failure, assumed };
    }
  }
}
