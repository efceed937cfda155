import type { EnvironmentRef } from '../../core/check.ts';
import { UserError } from '../../core/errors.ts';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName, type Facts } from '../../core/facts.ts';
import { parseTarget } from '../postgres/target.ts';
import { probeDatabaseTls } from './database-tls.ts';
import { probeEdge } from './https-edge.ts';

type NetworkName = (typeof FACT_SOURCES.network)[number];

export interface NetworkOptions {
  names: readonly FactName[];
  environment: EnvironmentRef;
  /** The database's connection string, a secret. */
  url: string;
  /** The database is ours: nothing is deployed anywhere. */
  embedded: boolean;
  /** What is known already: `declared`, platformAuth and repoConfig name addresses. */
  facts: Collected;
  declaredUrls: readonly string[];
  signal?: AbortSignal | undefined;
  onFacet?: ((name: string) => void) | undefined;
}

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.(local|localhost|test|internal))$/i;

interface Address {
  url: URL;
  source: NonNullable<Facts['httpsEdge']>[number]['source'];
}

/** Addresses people reach the application at, once each: those declared for production, and the one mails link to. */
function addressesOf({ environment, url: database, facts, declaredUrls }: NetworkOptions): Address[] {
  const { platformAuth, repoConfig } = facts;
  const production = environment.kind === 'production';
  const hosted = platformAuth?.status === 'ok' ? platformAuth.value?.settings.site_url : undefined;
  const values = repoConfig?.status === 'ok' ? repoConfig.value?.values : undefined;
  const local = (values?.auth as { site_url?: unknown } | undefined)?.site_url;
  const named: [string, Address['source']][] = [
    ...(production ? declaredUrls.map((url): [string, Address['source']] => [url, 'declared.urls']) : []),
    ...(typeof hosted === 'string' ? [[hosted, 'site_url'] as [string, Address['source']]] : []),
    // A database on this machine is no deployment of what config.toml describes.
    ...(production && typeof hosted !== 'string' && typeof local === 'string' && !parseTarget(database).local
      ? [[local, 'config.toml'] as [string, Address['source']]]
      : []),
  ];
  const found = new Map<string, Address>();
  for (const [text, source] of named) {
    if (!URL.canParse(text)) continue;
    const url = new URL(text);
    if (!/^https?:$/.test(url.protocol) || LOCAL.test(url.hostname) || found.has(url.host)) continue;
    found.set(url.host, { url, source });
  }
  return [...found.values()];
}

const READERS: { [N in NetworkName]: (options: NetworkOptions) => Promise<Facts[N]> } = {
  databaseTls: async ({ url, embedded, signal }) => (embedded ? null : probeDatabaseTls(parseTarget(url), signal)),
  httpsEdge: async (options) =>
    options.embedded
      ? null
      : Promise.all(addressesOf(options).map(({ url, source }) => probeEdge(url, source, { signal: options.signal }))),
};

/** Knocks at the database's and the application's address; what does not answer is absent with its reason. */
export async function collectNetwork(options: NetworkOptions): Promise<Collected> {
  const { signal, onFacet } = options;
  const names = FACT_SOURCES.network.filter((name) => options.names.includes(name));
  const facts: Record<string, CollectedFact> = {};
  await Promise.all(
    names.map(async (name) => {
      const started = performance.now();
      const elapsed = () => Math.round(performance.now() - started);
      try {
        facts[name] = { status: 'ok', value: await READERS[name](options), hidden: [], ms: elapsed() } as CollectedFact;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof UserError)) throw error;
        facts[name] = { status: 'absent', reason: `${error.message}; ${error.next}`, ms: elapsed() };
      }
      onFacet?.(name);
    }),
  );
  return facts as Collected;
}
