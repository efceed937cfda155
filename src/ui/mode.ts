import { EXIT, UserError } from '../core/errors.ts';
import { COPY } from './copy.ts';
import { MINIMUM } from './state.ts';

export type Mode = 'ink' | 'plain';

export interface ModeInput {
  inputIsTty: boolean;
  outputIsTty: boolean;
  columns: number;
  rows: number;
  env: Readonly<Record<string, string | undefined>>;
  /** `--screen-reader`. */
  asked: boolean;
}

/** A dumb terminal understands no escape sequences, so even the line editor must not send any. */
export function isDumb(env: ModeInput['env']): boolean {
  return env.TERM === 'dumb';
}

const on = (value: string | undefined) => value !== undefined && value !== '' && value !== '0' && value !== 'false';

/**
 * Ink where screens can be drawn; lines, append-only and numbered, for screen readers, dumb and tiny terminals.
 * Throws UserError (exit 2) where there is no terminal at all: nothing is drawn, nothing asked.
 */
export function chooseMode(input: ModeInput): Mode {
  if (!input.inputIsTty || !input.outputIsTty) {
    const missing = input.inputIsTty ? 'standard output' : 'standard input';
    throw new UserError(
      'no-terminal',
      `the wizard needs a terminal, and ${missing} is none`,
      `use a command that needs no person at the keyboard:\n  ${COPY.headless.join('\n  ')}`,
      EXIT.usage,
    );
  }
  if (input.asked || on(input.env.INK_SCREEN_READER) || isDumb(input.env)) return 'plain';
  return input.columns < MINIMUM.columns || input.rows < MINIMUM.rows ? 'plain' : 'ink';
}
