import { EXIT, UserError } from '../../core/errors.ts';

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** A PostgreSQL connection string, taken apart. */
export interface ConnectionTarget {
  /** Host name, address, or folder of a Unix socket. */
  host: string;
  port: number;
  user: string;
  /** Undefined when the URL has none: PGPASSWORD and ~/.pgpass are then asked. Never shown. */
  password: string | undefined;
  database: string;
  sslMode: SslMode;
  /** File with the certificate authority to trust, from `sslrootcert`. */
  sslRootCert: string | null;
  /** Start-up options, from `options`. */
  options: string | undefined;
  /** `pgbouncer=true` stands in the URL. */
  pgbouncer: boolean;
  /** Loopback or Unix socket. */
  local: boolean;
}

function badUrl(why: string): UserError {
  return new UserError(
    'bad-url',
    `The database URL cannot be used: ${why}`,
    'Give it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with @ : / ? # and % in the password percent-encoded',
    EXIT.usage,
  );
}

/** Hosts of hosted Supabase projects: they speak TLS always. */
export function isHosted(host: string): boolean {
  return /\.(?:supabase\.(?:co|com|red)|pooler\.supabase\.com)$/.test(host);
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function sslModeOf(text: string | null, host: string): SslMode {
  if (text === null) return isHosted(host) ? 'require' : host.startsWith('/') ? 'disable' : 'prefer';
  const mode = (text === 'no-verify' ? 'require' : text) as SslMode;
  if (!SSL_MODES.includes(mode)) throw badUrl(`sslmode is none of ${SSL_MODES.join(', ')}`);
  return mode;
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl(`its ${what} holds a % that is no percent-encoding`);
  }
}

/** Reads a URL. Throws UserError bad-url (exit 2) without ever repeating any part of it that could be a secret. */
export function parseTarget(text: string): ConnectionTarget {
  const trimmed = text.trim();
  if (trimmed === '') throw badUrl('it is empty');
  if (!/^postgres(?:ql)?:\/\//i.test(trimmed)) throw badUrl('it does not begin with postgres:// or postgresql://');
  // A Unix socket's URL has no host, and WHATWG URLs with a user need one.
  const padded = trimmed.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#@]*@)?)(?=\/|\?|$)/i, '$1socket.invalid');
  let url: URL;
  try {
    url = new URL(padded);
  } catch {
    throw badUrl('it is not a valid URL');
  }
  if (url.hash !== '') throw badUrl('it holds a # that is not percent-encoded (%23)');
  const parameters = url.searchParams;
  const named = url.hostname === 'socket.invalid' ? null : url.hostname.replace(/^\[(.*)\]$/, '$1');
  const host =
    parameters.get('host') ?? (named === null ? (process.env.PGHOST ?? 'localhost') : decoded(named, 'host'));
  if (host.includes(',')) throw badUrl('it names several hosts; give one');
  const port = Number(parameters.get('port') ?? (url.port || (process.env.PGPORT ?? '5432')));
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw badUrl('its port is not a number from 1 to 65535');
  const user = parameters.get('user') ?? decoded(url.username, 'user');
  const password = parameters.get('password') ?? decoded(url.password, 'password');
  const owner = user || (process.env.PGUSER ?? 'postgres');
  const database = decoded(url.pathname.replace(/^\//, ''), 'database') || (process.env.PGDATABASE ?? owner);
  return {
    host,
    port,
    user: owner,
    password: password === '' ? undefined : password,
    database,
    sslMode: sslModeOf(parameters.get('sslmode'), host),
    sslRootCert: parameters.get('sslrootcert'),
    options: parameters.get('options') ?? undefined,
    pgbouncer: parameters.get('pgbouncer') === 'true',
    local: isLocal(host),
  };
}

/** `host:port` for messages. */
export function addressOf(target: ConnectionTarget): string {
  return target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
}
