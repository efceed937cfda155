import type { Facts } from '../../../core/facts.ts';
import { redact } from '../../../core/redact.ts';
import { printable } from '../../../core/text.ts';
import type { CheckedFunction, Excuse } from './excuses.ts';

type Report = NonNullable<Facts['plpgsqlCheckLive']>;
type Issue = Report['issues'][number];

/** A row of plpgsql_check_function_tb. */
export interface CheckRow {
  lineno: number | null;
  statement: string | null;
  sqlstate: string | null;
  message: string;
  level: string;
}

const LEVELS: Readonly<Record<string, Issue['level']>> = {
  error: 'error',
  security: 'security',
  warning: 'warning',
  'warning extra': 'warning',
};
/** Constants that a type does not take: certain wherever they stand. */
const VALUES = new Set(['22P02', '22007', '22008']);
/** What it says of records whose shape only the running function knows: no verdict. */
const UNKNOWN_RECORD = new Set(['55000', '0A000']);

function isUnknown({ body }: CheckedFunction, { sqlstate, message }: CheckRow): boolean {
  const state = sqlstate ?? '';
  const record = /^record "([^"]+)"/.exec(message)?.[1];
  if (record !== undefined && body?.opaque.includes(record)) return true;
  // What is computed from constants while planning (1 / 0) need not be reached, or is caught.
  if (state.startsWith('22') && !VALUES.has(state)) return true;
  const dynamic = (body?.dynamic.length ?? 0) > 0;
  return UNKNOWN_RECORD.has(state) && (dynamic || /record|cursor/i.test(message));
}

/** One function's part of the report, put together row by row. */
export class FunctionReport {
  readonly #report: Report;
  readonly #fn: CheckedFunction;
  readonly #name: Report['checked'][number];
  readonly #excuse: Excuse;
  readonly #seen = new Set<string>();
  readonly #reasons = new Set<string>();

  constructor(report: Report, fn: CheckedFunction, name: Report['checked'][number], excuse: Excuse) {
    this.#report = report;
    this.#fn = fn;
    this.#name = name;
    this.#excuse = excuse;
  }

  /** `table`: the one whose trigger it was read as. */
  add(row: CheckRow, table: [string, string] | null): void {
    const level = LEVELS[row.level];
    if (level === undefined) return;
    const complaint = { sqlstate: row.sqlstate ?? '00000', message: row.message };
    const excused = isUnknown(this.#fn, row)
      ? 'a record’s columns are known only when it runs'
      : this.#excuse(this.#fn, complaint);
    if (excused !== null) {
      if (level === 'error') this.#reasons.add(excused);
      return;
    }
    const where = this.#fn.tables.length > 1 || /"(new|old)"/.test(row.message) ? table : null;
    const key = `${level} ${complaint.sqlstate} ${row.message} ${where?.join('.') ?? ''}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#report.issues.push({
      ...this.#name,
      table: where,
      line: row.lineno,
      statement: row.statement,
      level,
      sqlstate: complaint.sqlstate,
      message: redact(printable(row.message)),
    });
  }

  /** plpgsql_check gave up on it. */
  failed(sqlstate: string): void {
    this.#reasons.add(`plpgsql_check itself failed on it (${sqlstate})`);
  }

  end(): void {
    if (this.#reasons.size === 0) this.#report.checked.push(this.#name);
    for (const reason of [...this.#reasons].sort()) this.#report.unjudged.push({ ...this.#name, reason });
  }
}
