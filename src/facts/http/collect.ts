import type { EnvironmentRef } from '../../core/check.ts';
import { UserError } from '../../core/errors.ts';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName, type Facts } from '../../core/facts.ts';
import { connectReadOnly } from '../postgres/connect.ts';
import { collectAccess } from './access.ts';
import { ApiError, type ApiTarget } from './client.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { collectSurface } from './surface.ts';

type HttpName = (typeof FACT_SOURCES.http)[number];

/** Finds out where the API is, and starts the demo's when it is asked for the first time. UserError: there is none. */
export type OpenApi = () => Promise<ApiTarget>;

export interface HttpOptions {
  names: readonly FactName[];
  /** Null where nobody says where the API is, or with what key. */
  open: OpenApi | null;
  /** Connection string of the live database, to know whose which row is. */
  database: string;
  environment: EnvironmentRef;
  /** Probes that a person agreed to on this target, by name. */
  consents?: ReadonlySet<string> | undefined;
  /** The catalogue, and what else was collected before. */
  facts: Collected;
  signal?: AbortSignal | undefined;
  onFacet?: ((name: string) => void) | undefined;
  onProgress?: ((label: string) => void) | undefined;
}

const NO_API =
  'nobody says where the API is and with what key; give api.url and api.publishableKey in supaready.config.json, or --api-url and SUPAREADY_PUBLISHABLE_KEY';

/** The name a person's consent goes by (engine/probes.ts). */
const ACCESS_PROBE = 'rls-http';

/** Who the API is asked as: the test users named log in once for all facets, those made for the probe are its own. */
class Users {
  readonly #target: ApiTarget;
  readonly #signal: AbortSignal | undefined;
  #named: Promise<Sessions> | null = null;

  constructor(target: ApiTarget, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#signal = signal;
  }

  /** Throws as openSessions does. */
  async open(mayMake: boolean): Promise<Sessions> {
    const open = () => openSessions(this.#target, { mayMake, signal: this.#signal });
    if (this.#target.testUsers.length === 0) return open();
    this.#named ??= open();
    const { users } = await this.#named;
    return { users, close: async () => [] };
  }

  async close(): Promise<void> {
    await this.#named?.then(
      (sessions) => sessions.close(),
      () => undefined,
    );
  }
}

async function askAsUsers(options: HttpOptions, target: ApiTarget, users: Users): Promise<Facts['httpAccess']> {
  const { facts, database, environment, consents, signal, onProgress } = options;
  const production = environment.kind === 'production';
  const agreed = consents?.has(ACCESS_PROBE) ?? false;
  const withheld = production
    ? 'changes are never tried on production'
    : agreed
      ? null
      : 'changes are tried only where a person agreed to it (--allow-probe rls-http)';
  const sessions = await users.open(agreed && !production);
  const client = await connectReadOnly(database, signal ? { signal } : {});
  let access: Facts['httpAccess'] | null = null;
  try {
    access = await collectAccess({ target, facts, sessions, database: client, withheld, signal, onProgress });
  } finally {
    await client.end().catch(() => undefined);
    const left = await sessions.close();
    if (access) access.left.push(...left);
  }
  return access;
}

const FACETS: { [N in HttpName]: (options: HttpOptions, target: ApiTarget, users: Users) => Promise<Facts[N]> } = {
  httpSurface: ({ facts, signal, onProgress }, target) => collectSurface({ target, facts, signal, onProgress }),
  httpAccess: askAsUsers,
  async userTokens({ signal }, target, users) {
    const { collectTokens } = await import('./tokens.ts');
    return collectTokens(target, (await users.open(false)).users, signal);
  },
};

/**
 * Asks the project's API. What cannot be had is in the answer with its reason, never an empty value.
 * Throws the signal's reason.
 */
export async function collectHttp(options: HttpOptions): Promise<Collected> {
  const { open, signal, onFacet } = options;
  const names = FACT_SOURCES.http.filter((name) => options.names.includes(name));
  const all = (fact: CollectedFact) => Object.fromEntries(names.map((name) => [name, fact])) as Collected;
  if (open === null) return all({ status: 'absent', reason: NO_API, ms: 0 });
  let target: ApiTarget;
  try {
    target = await open();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return all({ status: 'absent', reason: `${error.message}; ${error.next}`, ms: 0 });
  }
  const facts: Record<string, CollectedFact> = {};
  const users = new Users(target, signal);
  try {
    for (const name of names) {
      signal?.throwIfAborted();
      facts[name] = await bring(name, options, target, users);
      onFacet?.(name);
    }
  } finally {
    await users.close();
  }
  return facts as Collected;
}

async function bring(name: HttpName, options: HttpOptions, target: ApiTarget, users: Users): Promise<CollectedFact> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const value = await FACETS[name](options, target, users);
    return { status: 'ok', value, hidden: [], ms: elapsed() } as CollectedFact;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, reason: error.message, ms: elapsed() };
  }
}
