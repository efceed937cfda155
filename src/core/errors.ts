/** Process exit codes (DESIGN.md §6): 0 holds, 1 does not, 2 wrong usage or configuration, 3 could not be found out, 130 interrupted. */
export const EXIT = { ok: 0, notReady: 1, usage: 2, unknown: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An error meant for the person at the terminal: what happened, why, and what to do next.
 * Never carries a secret or a row's value.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: ExitCode;
  /** Stable kebab-case code for JSON output, e.g. `wrong-password`. */
  readonly code: string;
  /** The next step, as an imperative sentence. */
  readonly next: string;

  constructor(code: string, message: string, next: string, exitCode: ExitCode = EXIT.usage, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.next = next;
    this.exitCode = exitCode;
  }
}
