import { EXIT, UserError } from '../../core/errors.ts';
import { redact } from '../../core/redact.ts';
import { printable } from '../../core/text.ts';
import { addressOf, type ConnectionTarget, isHosted } from './target.ts';

/** SQLSTATE or system code of an error from pg or a socket; '' when it has none. Of several tries, that of the first. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is unknown to DNS',
  EAI_AGAIN: 'its name could not be looked up',
  EAI_NODATA: 'its name has no address this machine can use',
  ETIMEDOUT: 'no answer came in time',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to its network',
  EADDRNOTAVAIL: 'this machine has no address to reach it from',
  ENOENT: 'the socket does not exist',
  EACCES: 'the socket may not be opened',
};

const LOST = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', '57P01', '57P02', '57P03', '25P03', '57P05']);

/** True when the connection itself is gone, so that nothing more can be asked over it. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  if (LOST.has(code) || code.startsWith('08') || code in UNREACHABLE) return true;
  return /^(Connection terminated|Client was closed|Client has encountered a connection error|Query read timeout|Client was closed and is not queryable)/.test(
    messageOf(error),
  );
}

/** The error for a connection that broke while it was used. Nothing of what was being read is kept as a result. */
export function connectionLost(target: ConnectionTarget, error: unknown): UserError {
  const code = codeOf(error);
  const why =
    code === '57P01' || code === '57P02'
      ? 'the server ended the session'
      : /timeout/i.test(messageOf(error))
        ? 'the server fell silent'
        : code === '25P03' || code === '57P05'
          ? 'the server ended the session for idling'
          : 'the connection was cut';
  return failure(
    'connection-lost',
    `The connection to ${addressOf(target)} was lost: ${why}${code ? ` (${code})` : ''}`,
    'Nothing was concluded from what had been read; run it again',
  );
}

function failure(code: string, message: string, next: string): UserError {
  return new UserError(code, message, next, EXIT.unknown);
}

/** Text of the server, safe to show: no control characters, no secrets. */
function said(error: unknown): string {
  return redact(printable(messageOf(error)));
}

/** What a failed attempt to connect means for the person. Carries no cause: pg's errors hold the client's configuration. */
export function connectFailure(target: ConnectionTarget, error: unknown): UserError {
  const code = codeOf(error);
  const message = messageOf(error);
  const where = addressOf(target);
  const user = printable(target.user);
  const hosted = isHosted(target.host);

  if (code === '28P01' || /SASL|SCRAM|client password must be a string|password authentication failed/i.test(message)) {
    const none = target.password === undefined && !process.env.PGPASSWORD;
    return failure(
      'wrong-password',
      none
        ? `${where} wants a password for ${user}, and none was given`
        : `${where} refused the password for ${user} (28P01)`,
      hosted
        ? 'Take the connection string from Project → Connect in the dashboard; the password can be reset in Database → Settings'
        : 'Check user and password in the URL; special characters must be percent-encoded',
    );
  }
  if (code === '28000' && /no encryption|SSL off/i.test(message)) {
    return failure('tls-required', `${where} accepts ${user} only over TLS (28000)`, 'Add sslmode=require to the URL');
  }
  if (code === '28000' || /tenant or user not found|tenant\/user .* not found/i.test(message)) {
    return failure(
      'login-refused',
      `${where} does not let ${user} in: ${said(error)}`,
      /tenant/i.test(message)
        ? 'Behind the pooler the user is postgres.PROJECT_REF, on the pooler host of the project’s own region'
        : 'Check user and database, and the server’s pg_hba.conf',
    );
  }
  if (code === '3D000' || (code === '42501' && /database/.test(message))) {
    return failure(
      code === '3D000' ? 'unknown-database' : 'login-refused',
      code === '3D000'
        ? `${where} has no database ${printable(target.database)} (3D000)`
        : `${user} may not connect to database ${printable(target.database)} (42501)`,
      hosted ? 'On Supabase the database is called postgres' : 'Check the name after the last / of the URL',
    );
  }
  if (code === '53300' || /max clients reached|too many (?:clients|connections)|MaxClients/i.test(message)) {
    return failure(
      'too-many-connections',
      `${where} has no connection free (${code || 'pooler'})`,
      'Close idle clients or try again shortly; the transaction pooler (port 6543) allows more of them',
    );
  }
  if (/does not support SSL connections/i.test(message)) {
    return failure(
      'tls-refused',
      `${where} does not speak TLS, which sslmode=${target.sslMode} asks for`,
      'Enable ssl on the server, or use sslmode=disable where the network itself is trusted',
    );
  }
  if (/^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO)/.test(code) || /certificate/i.test(message)) {
    return failure(
      'tls-untrusted',
      `The certificate of ${where} was not accepted under sslmode=${target.sslMode} (${code || 'TLS'})`,
      hosted
        ? 'Download the certificate in Database → Settings and name it with sslrootcert=FILE'
        : 'Name the certificate authority with sslrootcert=FILE, or use sslmode=require',
    );
  }
  if (code === '57P03') {
    return failure(
      'unreachable',
      `${where} is not ready: ${said(error)} (57P03)`,
      'Wait until the server is up and run it again',
    );
  }
  const why = UNREACHABLE[code] ?? (/timeout/i.test(message) ? UNREACHABLE.ETIMEDOUT : undefined);
  if (why !== undefined) {
    const ipv6 = /^db\.[a-z0-9]+\.supabase\.co$/.test(target.host);
    return failure(
      'unreachable',
      `${where} cannot be reached: ${why} (${code || 'timeout'})`,
      ipv6
        ? 'A project’s direct address is IPv6 only: use its pooler address (Project → Connect → Session pooler), and check that the project is not paused'
        : 'Check host and port, that the server runs, and that no firewall stands between',
    );
  }
  if (isConnectionLoss(error)) {
    return failure(
      'unreachable',
      `${where} closed the connection before the log-in was done (${code || 'closed'})`,
      'Check that a PostgreSQL server listens there and that network restrictions let this machine in',
    );
  }
  return failure(
    'connection-failed',
    `${where} could not be used as ${user}: ${said(error)}${code ? ` (${code})` : ''}`,
    'Check the URL and the server’s log',
  );
}
