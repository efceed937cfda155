import { UserError } from '../core/errors.ts';

/** True where a person can be asked: input and stderr are a terminal. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Prompts of @inquirer/prompts, drawn on stderr so that stdout stays the result's. */
async function prompts() {
  const library = await import('@inquirer/prompts');
  const context = { output: process.stderr };
  return {
    text: (message: string, initial?: string) =>
      library.input({ message, ...(initial !== undefined && { default: initial }), required: true }, context),
    secret: (message: string) => library.password({ message, mask: true }, context),
    choose: <T extends string>(message: string, choices: readonly { value: T; name: string }[]) =>
      library.select<T>({ message, choices: [...choices], pageSize: 12 }, context),
    yes: (message: string) => library.confirm({ message, default: false }, context),
  };
}
export type Prompts = Awaited<ReturnType<typeof prompts>>;

/** One thing a command needs: given by a flag, or to be asked for. */
export interface Needed {
  flag: string;
  given: string | undefined;
  ask: (prompt: Prompts) => Promise<string>;
}

/**
 * Answers from flags, and from the person for what is missing. Without a terminal the missing flags are listed: UserError (exit 2).
 */
export async function answers<K extends string>(needed: Readonly<Record<K, Needed>>): Promise<Record<K, string>> {
  const entries = Object.entries(needed) as [K, Needed][];
  const missing = entries.filter(([, { given }]) => given === undefined);
  if (missing.length > 0 && !canAsk()) {
    throw new UserError(
      'answers-missing',
      `there is no terminal to ask on, and these are missing: ${missing.map(([, { flag }]) => flag).join(', ')}`,
      'give them on the command line',
    );
  }
  const result = {} as Record<K, string>;
  const prompt = missing.length > 0 ? await prompts() : null;
  for (const [key, { given, ask }] of entries) result[key] = given ?? (prompt ? await ask(prompt) : '');
  return result;
}

/** Asks for a secret without showing it, or null where nobody can be asked. */
export function secretAsker(): ((label: string) => Promise<string>) | null {
  return canAsk() ? async (label) => (await prompts()).secret(label) : null;
}
