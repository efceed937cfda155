import type { SqlPiece } from './split-sql.ts';
import type { StatementPlan } from './statement-plan.ts';

/** One message with more gains nothing, and holds the rows of all its statements. */
const MAX_STATEMENTS = 100;
const MAX_LENGTH = 128 * 1024;
/** What changes how the server cuts the text that follows must have run before that text is sent. COPY waits for rows. */
const ALONE = /^(?:set|reset|copy)\b|\bset_config\b/i;

/** A statement failed in company: which one, the server does not say, so the file is run again one by one. */
export class BatchError extends Error {}

/**
 * Statements that go to the server in one message: a file of thousands would otherwise wait as often. Only such as stay within
 * the file's transaction, so that after an error nothing has happened and each can be tried alone.
 */
export class StatementBatch {
  #sql: string[] = [];
  #length = 0;

  get count(): number {
    return this.#sql.length;
  }

  get isFull(): boolean {
    return this.#sql.length >= MAX_STATEMENTS || this.#length >= MAX_LENGTH;
  }

  static takes({ kind, sql, refused }: StatementPlan, { copyData }: SqlPiece): boolean {
    return (
      kind === 'ordinary' &&
      refused === undefined &&
      copyData === undefined &&
      sql.length < MAX_LENGTH &&
      !ALONE.test(sql)
    );
  }

  add(sql: string): void {
    this.#sql.push(sql);
    this.#length += sql.length;
  }

  /** The message; the batch is empty then. A comment may end a statement, so the semicolon has a line of its own. */
  take(): string {
    const sql = this.#sql.join('\n;\n');
    this.#sql = [];
    this.#length = 0;
    return sql;
  }
}
