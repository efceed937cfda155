import { setTimeout as sleep } from 'node:timers/promises';
import type { SupabaseClient } from '@supabase/supabase-js';
import type { JSONWebKeySet } from 'jose';

/** The API of a project and what to ask it with. All but the address is secret. */
export interface ApiTarget {
  url: string;
  publishableKey: string;
  secretKey: string | null;
  /** People who may be signed in to ask as them. */
  testUsers: readonly { email: string; password: string }[];
}

const ANSWER_MS = 15_000;
const ATTEMPTS = 4;
/** The gateway’s own, or PostgREST without its database. 500 is an answer: PostgreSQL’s error, such as 42P17. */
const BUSY = new Set([502, 503, 504, 520, 521, 522, 524]);
const BACK_OFF_MS = 400;
/** Nobody waits longer for one answer. */
const LONGEST_WAIT_MS = 20_000;

/** Why the API could not be asked at all. Never carries a key. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: 'denied' | 'timeout' | 'absent' | 'error';

  constructor(status: ApiError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

function waitFor(response: Response | null, attempt: number): number {
  const seconds = Number(response?.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : BACK_OFF_MS * 2 ** (attempt - 1);
}

/**
 * A fetch that waits no longer than ANSWER_MS, and asks again on 429, and on a failing gateway or a broken line where asking twice changes
 * nothing (GET, HEAD). Redirects are errors: they would carry the key to wherever they point.
 */
function boundedFetch(signal: AbortSignal | undefined): typeof fetch {
  return async (input, init) => {
    const method = (init?.method ?? 'GET').toUpperCase();
    const repeatable = method === 'GET' || method === 'HEAD';
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const limits = [
        AbortSignal.timeout(ANSWER_MS),
        ...(signal ? [signal] : []),
        ...(init?.signal ? [init.signal] : []),
      ];
      let response: Response | null = null;
      let failure: unknown = null;
      try {
        response = await fetch(input, { ...init, redirect: 'error', signal: AbortSignal.any(limits) });
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
      }
      const again =
        response === null ? repeatable : response.status === 429 || (repeatable && BUSY.has(response.status));
      const wait = waitFor(response, attempt);
      if (again && attempt < ATTEMPTS && wait <= LONGEST_WAIT_MS && !isLate(failure)) {
        await response?.body?.cancel();
        await sleep(wait, undefined, signal ? { signal } : {});
        continue;
      }
      if (response === null) throw failure;
      return response;
    }
  };
}

const isLate = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError';

/** A client that keeps no session and opens no channel by itself; `token`: the session it asks in, beside the key. */
export async function apiClient(
  { url }: Pick<ApiTarget, 'url'>,
  key: string,
  options: { token?: string; signal?: AbortSignal | undefined } = {},
): Promise<SupabaseClient> {
  const [{ createClient }, { default: ws }] = await Promise.all([import('@supabase/supabase-js'), import('ws')]);
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      fetch: boundedFetch(options.signal),
      headers: {
        'x-client-info': 'supaready',
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      },
    },
    // Node 20 has no WebSocket of its own.
    realtime: { transport: ws as never },
  });
}

/** What Auth says anybody may know of it (`GET /auth/v1/settings`): answered wherever the key is right. */
export async function authSettings(target: ApiTarget, signal?: AbortSignal): Promise<{ status: number }> {
  const headers = { apikey: target.publishableKey, accept: 'application/json' };
  const response = await boundedFetch(signal)(`${target.url}/auth/v1/settings`, { headers }).catch(() => {
    signal?.throwIfAborted();
    return null;
  });
  await response?.body?.cancel();
  return { status: response?.status ?? 0 };
}

/** Major version of PostgREST, as its root says to a secret key (info.version of the OpenAPI document); null when it does not. */
export async function postgrestMajor(target: ApiTarget, signal?: AbortSignal): Promise<number | null> {
  const headers = { apikey: target.secretKey ?? target.publishableKey, accept: 'application/openapi+json' };
  try {
    const response = await boundedFetch(signal)(`${target.url}/rest/v1/`, { headers });
    const { info } = (await response.json()) as { info?: { version?: unknown } };
    const major = Number.parseInt(String(info?.version ?? ''), 10);
    return Number.isFinite(major) ? major : null;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

/** The keys that the project's tokens are checked with (`/auth/v1/.well-known/jwks.json`); null where none is published. */
export async function readJwks(target: ApiTarget, signal?: AbortSignal): Promise<JSONWebKeySet | null> {
  const headers = { apikey: target.publishableKey, accept: 'application/json' };
  try {
    const response = await boundedFetch(signal)(`${target.url}/auth/v1/.well-known/jwks.json`, { headers });
    const set = (await response.json()) as { keys?: unknown };
    return Array.isArray(set.keys) && set.keys.length > 0 ? (set as JSONWebKeySet) : null;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

/** scheme://host:port, which is all of the address that is kept and shown. */
export function originOf({ url }: Pick<ApiTarget, 'url'>): string {
  return new URL(url).origin;
}
