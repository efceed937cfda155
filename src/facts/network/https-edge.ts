import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Facts } from '../../core/facts.ts';
import { printable } from '../../core/text.ts';
import { certificateOf } from './certificate.ts';

type Edge = NonNullable<Facts['httpsEdge']>[number];

const ANSWER_MS = 10_000;
const HEADERS = { 'user-agent': 'supaready', accept: 'text/html' };

export interface EdgeOptions {
  /** Where http:// is asked; 80 for an address without a port, else not at all. */
  httpPort?: number | undefined;
  /** Authorities to trust instead of those that Node.js brings along. */
  ca?: string | undefined;
  signal?: AbortSignal | undefined;
}

function maxAge(header: string | undefined): number | null {
  const seconds = Number(/(?:^|;)\s*max-age\s*=\s*"?(\d+)/i.exec(header ?? '')?.[1] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

/** One GET over TLS; the answer's body is not read. */
function askHttps(url: URL, { ca, signal }: EdgeOptions): Promise<NonNullable<Edge['https']>> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const request = requestHttps(
      {
        host,
        port: url.port === '' ? 443 : Number(url.port),
        path: '/',
        headers: HEADERS,
        agent: false,
        // Looked at, not relied on: nothing of anybody's is sent.
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        timeout: ANSWER_MS,
        ...(isIP(host) === 0 && { servername: host }),
        ...(ca !== undefined && { ca }),
        ...(signal && { signal }),
      },
      (response: IncomingMessage) => {
        try {
          const certificate = certificateOf(response.socket as TLSSocket, host, ca !== undefined);
          const hsts = maxAge(response.headers['strict-transport-security']);
          resolve({ status: response.statusCode ?? 0, certificate, hsts });
        } catch (error) {
          reject(error);
        } finally {
          response.destroy();
        }
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end();
  });
}

/** Whether http:// leads to https://. */
function askHttp(url: URL, port: number, signal: AbortSignal | undefined): Promise<Edge['http']> {
  return new Promise((resolve) => {
    const request = requestHttp(
      {
        host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
        port,
        path: '/',
        headers: HEADERS,
        agent: false,
        timeout: ANSWER_MS,
        ...(signal && { signal }),
      },
      (response) => {
        response.destroy();
        const status = response.statusCode ?? 0;
        const { location } = response.headers;
        if (status < 300 || status > 399 || location === undefined) resolve(status < 400 ? 'serves' : 'closed');
        else resolve(/^https:\/\//i.test(location) ? 'redirects' : 'elsewhere');
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve('closed'));
    request.end();
  });
}

/** How an address of the application answers; what cannot be reached is there with its reason. */
export async function probeEdge(url: URL, source: Edge['source'], options: EdgeOptions = {}): Promise<Edge> {
  const { signal } = options;
  const secure = new URL(url);
  secure.protocol = 'https:';
  const port = options.httpPort ?? (url.port === '' ? 80 : null);
  const [answer, http] = await Promise.all([
    askHttps(secure, options).then(
      (https) => ({ https, reason: null }),
      (error: NodeJS.ErrnoException) => ({ https: null, reason: printable(error.code ?? error.message) }),
    ),
    port === null ? ('not tried' as const) : askHttp(url, port, signal),
  ]);
  signal?.throwIfAborted();
  return { origin: secure.origin, source, ...answer, http };
}
