import { secretRefSchema } from '../core/config.ts';
import { EXIT, UserError } from '../core/errors.ts';
import { resolveSecret } from '../engine/config-file.ts';

/** Asks for a secret without showing it; null where nobody can be asked. */
export type Ask = ((label: string) => Promise<string>) | null;

/**
 * A connection string, or the one behind env:NAME, keychain:NAME or prompt. Throws UserError (exit 2) naming `key`, where it
 * was given, and never the string.
 */
export async function connectionString(given: string, key: string, ask: Ask): Promise<string> {
  const url = secretRefSchema.safeParse(given).success ? await resolveSecret(given, key, ask) : given;
  if (/^postgres(ql)?:\/\//.test(url)) return url;
  throw new UserError(
    'bad-url',
    `${key} is no PostgreSQL connection string`,
    'it starts with postgres:// and is shown under Connect in the Supabase dashboard',
    EXIT.usage,
  );
}
