import { readFileSync } from 'node:fs';
import { connect as openSocket, type Socket } from 'node:net';
import { type ConnectionOptions, TLSSocket } from 'node:tls';
import pg from 'pg';
import { EXIT, UserError } from '../../core/errors.ts';
import type { Facts } from '../../core/facts.ts';
import { connectFailure, messageOf } from './connect-errors.ts';
import { sessionSetUp } from './read-only.ts';
import { addressOf, type ConnectionTarget, isHosted, parseTarget } from './target.ts';
import { CONNECT_MS, SILENCE_MS, STATEMENT_MS } from './timeouts.ts';

const OLDEST = 140000;

/** Parts of pg's client that its types leave out. */
interface ClientInternals {
  connection: { stream: Socket };
  processID: number | null;
  secretKey: number | null;
}

function internals(client: pg.Client): ClientInternals {
  return client as unknown as ClientInternals;
}

/** How we are connected; `readOnlyGuard` is known once a write was tried. */
export type OwnLink = Pick<Facts['access'], 'tls' | 'local' | 'path' | 'readOnlyGuard'>;

function tlsOptions(target: ConnectionTarget): ConnectionOptions | false {
  if (target.sslMode === 'disable' || target.host.startsWith('/')) return false;
  const verify = target.sslMode === 'verify-ca' || target.sslMode === 'verify-full' || target.sslRootCert !== null;
  const options: ConnectionOptions = { rejectUnauthorized: verify };
  if (target.sslRootCert !== null && target.sslRootCert !== 'system') options.ca = certificate(target.sslRootCert);
  // libpq's verify-ca, and require with a root certificate, check the chain but not the name.
  if (verify && target.sslMode !== 'verify-full') options.checkServerIdentity = () => undefined;
  return options;
}

function certificate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UserError(
      'bad-url',
      `The file named by sslrootcert cannot be read: ${path}`,
      'Check the path in the URL',
      EXIT.usage,
    );
  }
}

function newClient(target: ConnectionTarget, ssl: ConnectionOptions | false): pg.Client {
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    user: target.user,
    database: target.database,
    ssl,
    application_name: 'supaready',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS + SILENCE_MS,
    keepAlive: true,
    ...(target.password !== undefined && { password: target.password }),
    ...(target.options !== undefined && { options: target.options }),
  });
  // A connection that breaks is reported by the query that runs or comes next.
  client.on('error', () => undefined);
  return client;
}

function cancelled(): UserError {
  return new UserError(
    'cancelled',
    'the run was cancelled; earlier results stand',
    'run it again when you like',
    EXIT.interrupted,
  );
}

/** Asks the server to stop what the client's session runs. Best effort: the session's own limits end it otherwise. */
function requestCancel(client: pg.Client, target: ConnectionTarget): void {
  const { processID, secretKey } = internals(client);
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = target.host.startsWith('/')
    ? openSocket(`${target.host}/.s.PGSQL.${target.port}`)
    : openSocket(target.port, target.host);
  socket.on('error', () => undefined);
  socket.setTimeout(2000, () => socket.destroy());
  socket.unref();
  socket.once('connect', () => socket.end(request));
}

/** Runs `work` so that an abort stops the server's work and ours at once, with UserError cancelled (exit 130). */
export async function abortable<T>(
  client: pg.Client,
  target: ConnectionTarget,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work();
  if (signal.aborted) throw cancelled();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      requestCancel(client, target);
      internals(client).connection.stream.destroy();
      reject(cancelled());
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Closes a client without waiting for a server that no longer answers. */
export async function closeQuietly(client: pg.Client): Promise<void> {
  const { stream } = internals(client).connection;
  const giveUp = setTimeout(() => stream.destroy(), 1000);
  await client.end().catch(() => undefined);
  clearTimeout(giveUp);
}

async function open(target: ConnectionTarget, signal: AbortSignal | undefined): Promise<pg.Client> {
  const ssl = tlsOptions(target);
  const attempt = async (tls: ConnectionOptions | false) => {
    const client = newClient(target, tls);
    try {
      await abortable(client, target, signal, () => client.connect());
      return client;
    } catch (error) {
      internals(client).connection.stream.destroy();
      throw error;
    }
  };
  try {
    return await attempt(ssl);
  } catch (error) {
    const optional = target.sslMode === 'prefer' || target.sslMode === 'allow';
    if (optional && /does not support SSL connections/.test(messageOf(error))) return attempt(false);
    throw error;
  }
}

interface Greeting {
  version_num: number;
  version: string;
  pid: number;
}

async function greet(client: pg.Client): Promise<Greeting> {
  const result = await client.query<Greeting>(
    "select pg_catalog.current_setting('server_version_num')::int as version_num, pg_catalog.current_setting('server_version') as version, pg_catalog.pg_backend_pid() as pid",
  );
  const greeting = result.rows[0];
  if (!greeting) throw new Error('the server told no version');
  return greeting;
}

function assertSupported(target: ConnectionTarget, greeting: Greeting): void {
  if (Number(greeting.version_num) >= OLDEST) return;
  throw new UserError(
    'unsupported-server',
    `PostgreSQL ${greeting.version} runs at ${addressOf(target)}; supaready needs 14 or newer`,
    'Upgrade the server (on Supabase: Project Settings → Infrastructure), or audit the migrations with --from-migrations',
    EXIT.unknown,
  );
}

/** An open connection with what is known about its way to the server. */
export interface Connection {
  client: pg.Client;
  target: ConnectionTarget;
  link: Omit<OwnLink, 'readOnlyGuard'>;
}

function pathOf(target: ConnectionTarget, pooled: boolean): OwnLink['path'] {
  if (target.host.endsWith('.pooler.supabase.com'))
    return target.port === 6543 ? 'transaction-pooler' : 'session-pooler';
  if (isHosted(target.host)) return target.port === 6543 ? 'transaction-pooler' : 'direct';
  if (target.pgbouncer) return 'transaction-pooler';
  return pooled ? 'unknown' : 'direct';
}

function linkOf(client: pg.Client, target: ConnectionTarget, greeting: Greeting): Connection['link'] {
  const { connection, processID } = internals(client);
  const stream = connection.stream;
  const tls =
    stream instanceof TLSSocket
      ? { version: stream.getProtocol() ?? 'unknown', cipher: stream.getCipher()?.name ?? 'unknown' }
      : null;
  // A pooler answers with a process id of its own; the server's backend then has another.
  return { tls, local: target.local, path: pathOf(target, processID !== null && processID !== greeting.pid) };
}

/** As connectReadOnly, with the target taken apart and the way to it. */
export async function connect(url: string, signal?: AbortSignal): Promise<Connection> {
  const target = parseTarget(url);
  let client: pg.Client;
  try {
    client = await open(target, signal);
  } catch (error) {
    throw error instanceof UserError ? error : connectFailure(target, error);
  }
  try {
    const greeting = await abortable(client, target, signal, () => greet(client));
    assertSupported(target, greeting);
    const link = linkOf(client, target, greeting);
    // Behind a pooler a session's settings would be left to whoever gets the server connection next.
    if (link.path === 'direct') await abortable(client, target, signal, () => client.query(sessionSetUp()));
    return { client, target, link };
  } catch (error) {
    await closeQuietly(client);
    throw error instanceof UserError ? error : connectFailure(target, error);
  }
}

/**
 * Connects to PostgreSQL 14 or newer. On a direct connection the session is read-only, bounded by time-outs, with an
 * empty search_path and row_security off; behind a pooler that holds only inside `beginReadOnly` (read-only.ts).
 * Throws UserError: bad-url (exit 2); wrong-password, login-refused, unknown-database, unreachable, tls-refused,
 * tls-required, tls-untrusted, too-many-connections, unsupported-server, connection-failed (exit 3); cancelled (130).
 * The caller ends the client.
 */
export async function connectReadOnly(url: string, options: { signal?: AbortSignal } = {}): Promise<pg.Client> {
  return (await connect(url, options.signal)).client;
}
