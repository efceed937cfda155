import * as z from 'zod';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName, type Facts } from '../../core/facts.ts';
import { AUTH_SECRETS, AUTH_SETTINGS } from './auth-settings.ts';
import { ManagementError, type ManagementTarget, readProject } from './client.ts';

type PlatformName = (typeof FACT_SOURCES.platform)[number];

export interface PlatformOptions {
  names: readonly FactName[];
  /** Null with `hosted` false: no hosted project is behind the database. */
  target: ManagementTarget | null;
  hosted: boolean;
  signal?: AbortSignal | undefined;
  onFacet?: ((name: string) => void) | undefined;
}

type Reader<N extends PlatformName> = (
  target: ManagementTarget,
  options: { signal?: AbortSignal | undefined },
) => Promise<NonNullable<Facts[N]>>;

const authAnswer = z.record(z.string(), z.unknown());

async function platformAuth(...[target, options]: Parameters<Reader<'platformAuth'>>) {
  const answer = await readProject(target, '/config/auth', authAnswer, options);
  const settings: Record<string, string | number | boolean | null> = {};
  for (const name of Object.keys(answer).sort()) {
    const value = answer[name];
    const plain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    if (AUTH_SETTINGS.test(name) && !AUTH_SECRETS.test(name) && plain) settings[name] = value as string;
  }
  const secretsSet = Object.keys(answer)
    .filter((name) => AUTH_SECRETS.test(name) && answer[name] !== null && answer[name] !== '')
    .sort();
  return { ref: target.ref, settings, secretsSet };
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

const postgrestAnswer = z.object({ db_schema: z.string(), db_extra_search_path: z.string(), max_rows: z.int() });

async function platformPostgrest(...[target, options]: Parameters<Reader<'platformPostgrest'>>) {
  // The answer may hold the JWT secret as well: only what is named here is looked at.
  const answer = await readProject(target, '/postgrest', postgrestAnswer, options);
  return {
    schemas: listed(answer.db_schema),
    extraSearchPath: listed(answer.db_extra_search_path),
    maxRows: answer.max_rows,
  };
}

async function platformStorage(...[target, options]: Parameters<Reader<'platformStorage'>>) {
  return readProject(target, '/config/storage', z.object({ fileSizeLimit: z.number() }), options);
}

const realtimeAnswer = z.object({ private_only: z.boolean().nullable(), suspend: z.boolean().nullable().optional() });

async function platformRealtime(...[target, options]: Parameters<Reader<'platformRealtime'>>) {
  const { private_only, suspend } = await readProject(target, '/config/realtime', realtimeAnswer, options);
  // Null is Realtime's default: public channels may be joined.
  return { ref: target.ref, privateOnly: private_only === true, suspended: suspend === true };
}

const functionsAnswer = z.array(
  z.object({ slug: z.string(), status: z.string(), version: z.number(), verify_jwt: z.boolean().optional() }),
);

async function platformFunctions(...[target, options]: Parameters<Reader<'platformFunctions'>>) {
  const answer = await readProject(target, '/functions', functionsAnswer, options);
  return answer
    .map(({ slug, status, version, verify_jwt }) => ({ slug, status, version, verifyJwt: verify_jwt ?? true }))
    .sort((a, b) => (a.slug < b.slug ? -1 : 1));
}

const sslAnswer = z.object({
  currentConfig: z.object({ database: z.boolean() }),
  appliedSuccessfully: z.boolean(),
});

async function platformSsl(...[target, options]: Parameters<Reader<'platformSsl'>>) {
  const answer = await readProject(target, '/ssl-enforcement', sslAnswer, options);
  return { ref: target.ref, database: answer.currentConfig.database, applied: answer.appliedSuccessfully };
}

const networkAnswer = z.object({
  entitlement: z.string(),
  config: z.object({
    dbAllowedCidrs: z.array(z.string()).optional(),
    dbAllowedCidrsV6: z.array(z.string()).optional(),
  }),
  status: z.string(),
});

async function platformNetwork(...[target, options]: Parameters<Reader<'platformNetwork'>>) {
  const { entitlement, config, status } = await readProject(target, '/network-restrictions', networkAnswer, options);
  return {
    ref: target.ref,
    allowed: entitlement === 'allowed',
    cidrs: [...(config.dbAllowedCidrs ?? []), ...(config.dbAllowedCidrsV6 ?? [])].sort(),
    applied: status === 'applied',
  };
}

// Key material is not named here, and so is not kept.
const signingKeysAnswer = z.object({
  keys: z.array(z.object({ id: z.string(), algorithm: z.string(), status: z.string(), updated_at: z.string() })),
});

async function platformSigningKeys(...[target, options]: Parameters<Reader<'platformSigningKeys'>>) {
  const { keys } = await readProject(target, '/config/auth/signing-keys', signingKeysAnswer, options);
  return {
    ref: target.ref,
    keys: keys
      .map(({ id, algorithm, status, updated_at }) => ({ id, algorithm, status, updatedAt: updated_at }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

async function platformProject(...[target, options]: Parameters<Reader<'platformProject'>>) {
  const { region } = await readProject(target, '', z.object({ region: z.string() }), options);
  return { ref: target.ref, region };
}

const READERS: { [N in PlatformName]: Reader<N> } = {
  platformAuth,
  platformPostgrest,
  platformStorage,
  platformRealtime,
  platformFunctions,
  platformSsl,
  platformNetwork,
  platformSigningKeys,
  platformProject,
};

/**
 * Collects settings of the hosted project, one request a facet. Without a token every facet is absent with what would
 * bring it; where no hosted project is behind the database, each is null. Throws the signal's reason.
 */
export async function collectPlatform(options: PlatformOptions): Promise<Collected> {
  const { target, hosted, signal, onFacet } = options;
  const names = FACT_SOURCES.platform.filter((name) => options.names.includes(name));
  const facts: Record<string, CollectedFact> = {};
  await Promise.all(
    names.map(async (name) => {
      facts[name] = hosted
        ? await bring(name, target, signal)
        : ({ status: 'ok', value: null, hidden: [], ms: 0 } as CollectedFact);
      onFacet?.(name);
    }),
  );
  return facts as Collected;
}

async function bring(
  name: PlatformName,
  target: ManagementTarget | null,
  signal: AbortSignal | undefined,
): Promise<CollectedFact> {
  if (target === null) {
    return {
      status: 'absent',
      reason:
        'no access to the Management API; set SUPABASE_ACCESS_TOKEN (or managementToken in supaready.config.json) and link the project (supabase link, or “ref” in the configuration)',
      ms: 0,
    };
  }
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const value = await READERS[name](target, { signal });
    return { status: 'ok', value, hidden: [], ms: elapsed() } as CollectedFact;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ManagementError)) throw error;
    return { status: error.status, reason: error.message, ms: elapsed() };
  }
}
