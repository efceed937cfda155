import { readFileSync } from 'node:fs';
import { isIP, connect as openSocket, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import { EXIT, UserError } from '../../core/errors.ts';
import type { Facts } from '../../core/facts.ts';
import { type ConnectionTarget, isHosted } from '../postgres/target.ts';
import { certificateOf } from './certificate.ts';

type DatabaseTls = NonNullable<Facts['databaseTls']>;
type Plain = Pick<DatabaseTls, 'plain' | 'plainState'>;

const ANSWER_MS = 10_000;
/** Far above what an answer to a first packet takes. */
const MAX_BYTES = 64 * 1024;
/* PostgreSQL docs, “Message Formats”. */
const PROTOCOL_3 = 196_608;
const SSL_REQUEST = 80_877_103;

/** A refusal for want of TLS: PostgreSQL's pg_hba, Supavisor, and what other poolers say. */
const WANTS_TLS = /no encryption|SSL off|SSL (connection )?(is )?required|requires? (an )?SSL|TLS (is )?required/i;

/** What a socket brings until `done` finds its answer in it. Rejects when nothing comes in time. */
function answerOf<T>(
  socket: Socket,
  request: Buffer,
  done: (received: Buffer, ended: boolean) => T | null,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const finish = (work: () => void) => {
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      work();
    };
    const look = (ended: boolean) => {
      const answer = received.length > MAX_BYTES ? null : done(received, ended);
      if (answer !== null) finish(() => resolve(answer));
      else if (ended || received.length > MAX_BYTES) finish(() => reject(new Error('the server said nothing we know')));
    };
    socket.setTimeout(ANSWER_MS, () => finish(() => reject(new Error('no answer in time'))));
    socket.on('error', (error) => finish(() => reject(error)));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      look(false);
    });
    socket.on('end', () => look(true));
    socket.write(request);
  });
}

function opened({ host, port }: ConnectionTarget, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = openSocket({ host, port, ...(signal && { signal }) });
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

/** The start-up packet names user and database, which are no secrets; there is no place for a password in it. */
function startUp({ user, database }: ConnectionTarget): Buffer {
  const text = ['user', user, 'database', database, 'application_name', 'supaready', ''].join('\0');
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length, 0);
  head.writeInt32BE(PROTOCOL_3, 4);
  return Buffer.concat([head, body]);
}

/** Fields of an ErrorResponse by their letter. */
function errorFields(body: Buffer): Map<string, string> {
  return new Map(
    body
      .toString('utf8')
      .split('\0')
      .filter((field) => field !== '')
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
}

function readPlain(received: Buffer, ended: boolean): Plain | null {
  if (received.length === 0) return ended ? { plain: 'unclear', plainState: null } : null;
  if (received.length < 5 || received.length < 1 + received.readInt32BE(1)) return null;
  const kind = String.fromCharCode(received[0] ?? 0);
  const body = received.subarray(5, 1 + received.readInt32BE(1));
  // AuthenticationOk is the only request for credentials that asks for none.
  if (kind === 'R') return { plain: body.readInt32BE(0) === 0 ? 'open' : 'credentials', plainState: null };
  if (kind !== 'E') return { plain: 'unclear', plainState: null };
  const fields = errorFields(body);
  const plainState = /^[0-9A-Z]{5}$/.exec(fields.get('C') ?? '')?.[0] ?? null;
  return { plain: WANTS_TLS.test(fields.get('M') ?? '') ? 'refused' : 'unclear', plainState };
}

/** Knocks without TLS and without credentials, as a client with sslmode=disable begins; goes no further whatever is answered. */
async function knockPlain(target: ConnectionTarget, signal: AbortSignal | undefined): Promise<Plain> {
  const socket = await opened(target, signal);
  try {
    return await answerOf(socket, startUp(target), readPlain);
  } finally {
    socket.destroy();
  }
}

function namedAuthority({ sslRootCert }: ConnectionTarget): string | undefined {
  if (sslRootCert === null || sslRootCert === 'system') return undefined;
  return readFileSync(sslRootCert, 'utf8');
}

async function shakeHands(target: ConnectionTarget, signal: AbortSignal | undefined): Promise<DatabaseTls['tls']> {
  const ca = namedAuthority(target);
  const request = Buffer.alloc(8);
  request.writeInt32BE(request.length, 0);
  request.writeInt32BE(SSL_REQUEST, 4);
  const socket = await opened(target, signal);
  try {
    const answer = await answerOf(socket, request, (received) =>
      received.length > 0 ? String.fromCharCode(received[0] ?? 0) : null,
    );
    if (answer !== 'S') return null;
    return await new Promise((resolve, reject) => {
      const secured = startTls({
        socket,
        // Looked at, not relied on: nothing is sent over this connection.
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        ...(isIP(target.host) === 0 && { servername: target.host }),
        ...(ca !== undefined && { ca }),
      });
      secured.setTimeout(ANSWER_MS, () => secured.destroy(new Error('no answer in time')));
      secured.once('error', reject);
      secured.once('secureConnect', () => {
        try {
          const certificate = certificateOf(secured, target.host, ca !== undefined);
          resolve({ protocol: secured.getProtocol() ?? 'unknown', certificate });
        } catch (error) {
          reject(error);
        } finally {
          secured.destroy();
        }
      });
    });
  } finally {
    socket.destroy();
  }
}

/**
 * What the database answers to a connection without TLS, and which certificate it shows. Two connections that end before any
 * authentication; null for a database on this machine. Throws UserError (exit 3) when it cannot be reached.
 */
export async function probeDatabaseTls(target: ConnectionTarget, signal?: AbortSignal): Promise<Facts['databaseTls']> {
  if (target.local) return null;
  try {
    const tls = await shakeHands(target, signal);
    return { hosted: isHosted(target.host), ...(await knockPlain(target, signal)), tls };
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      'unreachable',
      `the database did not answer a first packet (${code ?? message})`,
      'run it again where the database can be reached',
      EXIT.unknown,
    );
  }
}
