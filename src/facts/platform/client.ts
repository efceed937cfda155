import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { redact } from '../../core/redact.ts';
import { printable } from '../../core/text.ts';

/** A hosted project and the token to ask about it with. The token is a secret: it goes into one header and nowhere else. */
export interface ManagementTarget {
  /** Project ref, 20 lower-case letters. */
  ref: string;
  token: string;
  /** Where the Management API is; Supabase's own unless given. */
  baseUrl?: string | undefined;
}

/** What an answer that brings no value means for a fact. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError';
  readonly status: 'denied' | 'timeout' | 'absent' | 'error';

  constructor(status: ManagementError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

const BASE_URL = 'https://api.supabase.com';
const ANSWER_MS = 20_000;
const ATTEMPTS = 4;
/** A minute is what the API's limit asks for (Management API reference, “Rate limits”); nobody waits longer than that for one fact. */
const LONGEST_WAIT_MS = 65_000;
/** Far above any documented answer; a body without end must not fill the memory. */
const MAX_BYTES = 16 * 1024 * 1024;

interface RequestOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds to wait before another attempt when the API says nothing; doubled each time. */
  backOffMs?: number;
}

/**
 * Reads one resource below /v1/projects/{ref} and checks its shape. Waits and tries again on 429 (as long as Retry-After
 * says), on 5xx and when the line breaks, at most four times. GET only: nothing is ever changed.
 * Throws ManagementError, whose message names the path and what would help, never the token nor the body; the signal's reason.
 */
export async function readProject<S extends z.ZodType>(
  target: ManagementTarget,
  path: string,
  schema: S,
  options: RequestOptions = {},
): Promise<z.infer<S>> {
  const resource = `/v1/projects/${encodeURIComponent(target.ref)}${path}`;
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(target, resource, options.signal);
    if ('again' in answer && attempt < ATTEMPTS) {
      const wait = answer.waitMs ?? (options.backOffMs ?? 500) * 2 ** (attempt - 1);
      if (wait <= LONGEST_WAIT_MS) {
        await sleep(wait, undefined, options.signal ? { signal: options.signal } : {});
        continue;
      }
    }
    if ('again' in answer) throw answer.again;
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    const place = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ManagementError(
      'error',
      `${resource} answered in another shape than its OpenAPI document says (${place || 'the whole'}); a newer version of supaready may know it`,
    );
  }
}

type Answer = { body: unknown } | { again: ManagementError; waitMs: number | null };

async function ask(target: ManagementTarget, resource: string, signal: AbortSignal | undefined): Promise<Answer> {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(ANSWER_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(new URL(resource, target.baseUrl ?? BASE_URL), {
      headers: { authorization: `Bearer ${target.token}`, accept: 'application/json', 'user-agent': 'supaready' },
      // A redirect would carry the token to wherever it points.
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    text = await readText(response);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ManagementError) throw error;
    const late = limit.aborted;
    const why = late ? `no answer within ${ANSWER_MS / 1000} s` : causeOf(error);
    return {
      again: new ManagementError(late ? 'timeout' : 'error', `${resource} could not be read: ${why}; try again later`),
      waitMs: null,
    };
  }
  if (response.ok) return { body: parseBody(text, resource) };
  return refusal(response, text, resource);
}

function refusal(response: Response, text: string, resource: string): Answer {
  const { status } = response;
  const said = messageIn(text);
  if (status === 401) {
    throw new ManagementError(
      'denied',
      'the Management API does not know this token (401); make one under Account → Access Tokens in the Supabase dashboard',
    );
  }
  if (status === 403) {
    throw new ManagementError(
      'denied',
      `the token may not read ${resource} (403${said}); use one of a member of the project's organisation with that permission`,
    );
  }
  if (status === 404) {
    throw new ManagementError(
      'absent',
      `${resource} is not there (404${said}); check the project ref, and that the token belongs to its organisation`,
    );
  }
  const error = new ManagementError(
    'error',
    status === 429
      ? `the Management API takes no more requests for now (429); try again in a minute`
      : `${resource} failed with HTTP ${status}${said}; try again later, and look at status.supabase.com`,
  );
  if (status === 429 || status >= 500) return { again: error, waitMs: retryAfter(response) };
  throw error;
}

/** Milliseconds that Retry-After (seconds or a date) or X-RateLimit-Reset (milliseconds or seconds) asks for; null when neither is there. */
function retryAfter(response: Response): number | null {
  const value = response.headers.get('retry-after');
  if (value !== null) {
    const seconds = Number(value);
    const at = Date.parse(value);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
    if (Number.isFinite(at)) return Math.max(0, at - Date.now());
  }
  const reset = Number(response.headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (!Number.isFinite(reset)) return null;
  return reset < 1000 ? reset * 1000 : Math.min(reset, LONGEST_WAIT_MS);
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES)
      throw new ManagementError('error', 'the Management API sent more than 16 MiB for one resource');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string, resource: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ManagementError(
      'error',
      `${resource} answered with something that is no JSON; is there a proxy in between?`,
    );
  }
}

/** The API's own words about a refusal (`message`), made safe; nothing else of the body. */
function messageIn(text: string): string {
  try {
    const body = JSON.parse(text) as { message?: unknown } | null;
    if (typeof body?.message !== 'string') return '';
    return `: ${printable(redact(body.message)).slice(0, 200)}`;
  } catch {
    return '';
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? printable(redact(cause.message)) : 'the connection failed';
}
