import type pg from 'pg';
import { redact } from '../../core/redact.ts';
import { copyRows } from './copy-rows.ts';
import { isHarmless, psqlHint } from './psql-commands.ts';
import { hintFor, missingExtension } from './replay-hints.ts';
import { isServerTrouble } from './server-trouble.ts';
import { SHIMS } from './shims.ts';
import { type SqlPiece, splitSql } from './split-sql.ts';
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
  /** True when the session was opened by a superuser who became `postgres`; false where privileged statements are simply tried. */
  canElevate: boolean;
  /** Cancels what runs on the session, from outside. */
  cancel(): void;
  /** False once the connection is gone. */
  alive(): boolean;
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

/** Runs a file's statements; several transactions only where the file or PostgreSQL demands it. */
async function runStatements(options: FileOptions, commitAfterAddValue: boolean): Promise<number> {
  const { session, script } = options;
  const { client } = session;
  refuseNul(script);
  let open = false;
  let statements = 0;
  let lastLine = 1;

  const run = async (plan: StatementPlan, mark: string, rows?: string): Promise<void> => {
    if (plan.kind === 'begin') {
      if (!open) await client.query('begin');
      open = true;
      return;
    }
    if (plan.kind === 'end') {
      if (open) await client.query(plan.sql);
      open = false;
      return;
    }
    if (plan.kind === 'outside') {
      if (open) await client.query('commit');
      open = false;
      if (mark) await client.query(mark);
      await timed(session, options, plan.sql);
      if (plan.after) await client.query(plan.after);
      return;
    }
    if (!open) await client.query('begin');
    open = true;
    const elevate = plan.kind === 'privileged' && session.canElevate;
    if (elevate) await client.query('set local session authorization default');
    // In one message with the statement, which a file of many thousands would otherwise wait for twice.
    await timed(session, options, rows === undefined ? mark + plan.sql : plan.sql, rows);
    if (elevate && plan.after) await client.query(plan.after);
    if (elevate) await client.query('set local session authorization postgres');
    if (options.transaction === false || (plan.kind === 'add-value' && commitAfterAddValue)) {
      await client.query('commit');
      open = false;
    }
  };

  try {
    for (const piece of splitSql(script)) {
      options.signal?.throwIfAborted();
      refusePsql(piece, options.psql ?? false);
      lastLine = piece.line;
      if (piece.meta) continue;
      const rows = options.psql ? piece.copyData : undefined;
      const mark = options.mark?.(piece.text, piece.line) ?? '';
      try {
        await run(planStatement(piece.text), mark, rows);
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
 * Statements that PostgreSQL refuses there run outside. Tried again when it uses an enum value it added itself, or an
 * extension that nobody created. Rejects only when the connection breaks or the signal aborts.
 */
export async function applyFile(options: FileOptions): Promise<FileResult> {
  const assumed: string[] = [];
  let commitAfterAddValue = false;
  for (;;) {
    try {
      return { statements: await runStatements(options, commitAfterAddValue), failure: null, assumed };
    } catch (error) {
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
