import { EXIT, UserError } from '../../core/errors.ts';

/** disk_full; io_error; shutdowns and crashes: what goes wrong then is not the statement’s doing. */
const TROUBLE = /^(53100|58030|57P0[1-3])$/;
const DISCONNECTED = /^(ECONNRESET|EPIPE|ECONNREFUSED|ECONNABORTED|ETIMEDOUT)$/;

/** True for the SQLSTATE of an error that a server in trouble gives to whatever runs. */
export function isServerTrouble(sqlstate: string): boolean {
  return TROUBLE.test(sqlstate);
}

/**
 * A shadow server that was lost or ran out of disk space during a replay, as a UserError (exit 3: shadow-full, shadow-lost);
 * null for every other error.
 */
export function serverTrouble(error: unknown): UserError | null {
  if (error instanceof UserError || !(error instanceof Error)) return null;
  const { code, sqlstate = code } = error as { code?: string; sqlstate?: string };
  if (sqlstate === '53100' || sqlstate === '58030') {
    return new UserError(
      'shadow-full',
      sqlstate === '53100'
        ? 'The disk is full: the shadow database could not be made'
        : 'The disk reported an error while the shadow database was made',
      'Make room, or name another folder in the environment variable TMPDIR (on Windows TEMP)',
      EXIT.unknown,
      error,
    );
  }
  const lost =
    sqlstate === undefined
      ? /connection (terminated|error|ended)|client was closed|not queryable/i.test(error.message)
      : isServerTrouble(sqlstate) || DISCONNECTED.test(sqlstate);
  if (!lost) return null;
  return new UserError(
    'shadow-lost',
    'The shadow database server ended, or its connection was cut, while the migrations were replayed',
    'Try again; if it happens again, look whether memory ran out, or name a database of your own with --shadow-url',
    EXIT.unknown,
    error,
  );
}
