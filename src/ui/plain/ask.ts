import { createInterface } from 'node:readline/promises';
import { EXIT, UserError } from '../../core/errors.ts';

/** Asks for one line of text. Rejects with an `interrupted` UserError on Ctrl-C or when the input ends. */
export type Ask = (message: string, validate?: (value: string) => string | null) => Promise<string>;

function interrupted(): UserError {
  return new UserError('interrupted', 'interrupted', 'everything is saved', EXIT.interrupted);
}

/** Asks through @inquirer/prompts. */
export function promptAsk(): Ask {
  return async (message, validate) => {
    const { input } = await import('@inquirer/prompts');
    try {
      return await input({ message, ...(validate ? { validate: (value) => validate(value) ?? true } : {}) });
    } catch (error) {
      if (error instanceof Error && error.name === 'ExitPromptError') throw interrupted();
      throw error;
    }
  };
}

/** Asks without a single escape sequence, for terminals that understand none (TERM=dumb). */
export function dumbAsk(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Ask {
  return async (message, validate) => {
    for (;;) {
      const reader = createInterface({ input: stdin, output: stdout, terminal: false });
      const stop = new AbortController();
      const onInterrupt = () => stop.abort();
      process.once('SIGINT', onInterrupt);
      reader.once('close', onInterrupt);
      try {
        const value = await reader.question(`${message} `, { signal: stop.signal });
        const problem = validate?.(value) ?? null;
        if (problem === null) return value;
        stdout.write(`${problem}\n`);
      } catch {
        throw interrupted();
      } finally {
        process.off('SIGINT', onInterrupt);
        reader.off('close', onInterrupt);
        reader.close();
      }
    }
  };
}
