import { UserError } from '../../core/errors.ts';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName, type Facts } from '../../core/facts.ts';
import { ApiError, type ApiTarget } from './client.ts';
import { collectSurface } from './surface.ts';

type HttpName = (typeof FACT_SOURCES.http)[number];

/** Finds out where the API is, and starts the demo's when it is asked for the first time. UserError: there is none. */
export type OpenApi = () => Promise<ApiTarget>;

export interface HttpOptions {
  names: readonly FactName[];
  /** Null where nobody says where the API is, or with what key. */
  open: OpenApi | null;
  /** The catalogue, and what else was collected before. */
  facts: Collected;
  signal?: AbortSignal | undefined;
  onFacet?: ((name: string) => void) | undefined;
  onProgress?: ((label: string) => void) | undefined;
}

const NO_API =
  'nobody says where the API is and with what key; give api.url and api.publishableKey in supaready.config.json, or --api-url and SUPAREADY_PUBLISHABLE_KEY';

const FACETS: { [N in HttpName]: (options: HttpOptions, target: ApiTarget) => Promise<Facts[N]> } = {
  httpSurface: ({ facts, signal, onProgress }, target) => collectSurface({ target, facts, signal, onProgress }),
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
  for (const name of names) {
    signal?.throwIfAborted();
    facts[name] = await bring(name, options, target);
    onFacet?.(name);
  }
  return facts as Collected;
}

async function bring(name: HttpName, options: HttpOptions, target: ApiTarget): Promise<CollectedFact> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const value = await FACETS[name](options, target);
    return { status: 'ok', value, hidden: [], ms: elapsed() } as CollectedFact;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, reason: error.message, ms: elapsed() };
  }
}
