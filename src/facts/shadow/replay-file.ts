import type pg from 'pg';
import { redact } from '../../core/redact.ts';
import { hintFor, missingExtension } from './replay-hints.ts';
import { SHIMS } from './shims.ts';
import { splitSql } from './split-sql.ts';
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
}

export interface FileOptions {
  path: string;
  script: string;
  session: ReplaySession;
  /** Per statement. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
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
  constructor(line: number, sqlstate: string, message: string, cause: unknown) {
    super(message, { cause });
    this.line = line;
    this.sqlstate = sqlstate;
  }
}

async function timed(session: ReplaySession, options: FileOptions, sql: string): Promise<void> {
  const timer = setTimeout(() => session.cancel(), options.timeoutMs);
  const abort = () => session.cancel();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    await session.client.query(sql);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}

/** Runs a file's statements; several transactions only where the file or PostgreSQL demands it. */
async function runStatements(options: FileOptions, commitAfterAddValue: boolean): Promise<number> {
  const { session, script } = options;
  const { client } = session;
  let open = false;
  let statements = 0;

  const run = async (plan: StatementPlan): Promise<void> => {
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
      await timed(session, options, plan.sql);
      return;
    }
    if (!open) await client.query('begin');
    open = true;
    const elevate = plan.kind === 'privileged' && session.canElevate;
    if (elevate) await client.query('set local session authorization default');
    await timed(session, options, plan.sql);
    if (elevate && plan.after) await client.query(plan.after);
    if (elevate) await client.query('set local session authorization postgres');
    if (plan.kind === 'add-value' && commitAfterAddValue) {
      await client.query('commit');
      open = false;
    }
  };

  try {
    for (const piece of splitSql(script)) {
      options.signal?.throwIfAborted();
      try {
        await run(planStatement(piece.text));
      } catch (error) {
        const { code, position } = error as pg.DatabaseError;
        if (code === undefined) throw error;
        const before = position === undefined ? '' : piece.text.slice(0, Number(position) - 1);
        throw new StatementError(piece.line + before.split('\n').length - 1, code, (error as Error).message, error);
      }
      statements++;
    }
    if (options.record) {
      if (!open) await client.query('begin');
      open = true;
      await client.query(options.record.sql, options.record.values);
    }
    if (open) await client.query('commit');
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
      if (!(error instanceof StatementError)) throw error;
      if (error.sqlstate === '55P04' && !commitAfterAddValue) {
        commitAfterAddValue = true;
        continue;
      }
      const extension = missingExtension(error.message);
      if (extension && !assumed.includes(extension) && (await enableExtension(options.session, extension))) {
        assumed.push(extension);
        continue;
      }
      const { line, sqlstate, message } = error;
      const failure = {
        path: options.path,
        line,
        sqlstate,
        message: redact(message),
        hint: hintFor(sqlstate, message),
        consequent: false,
      };
      return { statements: 0, failure, assumed };
    }
  }
}
