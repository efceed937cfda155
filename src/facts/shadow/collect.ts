import { EXIT, UserError } from '../../core/errors.ts';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName, type Facts } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import { failedFact } from '../postgres/failed-fact.ts';
import type { AccessOverrides } from './access/ownership.ts';
import { probeAccess } from './access/probe.ts';
import { shadowCatalogue } from './catalogue.ts';
import { tryDownScripts } from './down.ts';
import { probeErasure } from './erasure-probe.ts';
import type { FromMigrations, ShadowCopy } from './from-migrations.ts';
import { checkFunctions } from './function-checks.ts';
import { checkWithExtension } from './plpgsql-check.ts';
import { replayTwice } from './repeat.ts';
import { declaredSchema } from './repeat-declared.ts';
import type { ReplayResult } from './replay.ts';
import { replayGaps } from './replay-gaps.ts';
import { seedReplay } from './seed.ts';
import { probeSignUp } from './signup-probe.ts';
import { probeTimestamps } from './timestamp-probe.ts';

type ShadowName = (typeof FACT_SOURCES.shadow)[number];

/** What a facet of the shadow database can work with. */
export interface ShadowContext {
  shadow: FromMigrations;
  /** The repository's root. */
  root: string;
  /** False where the database audited is the replayed one itself. */
  besideLive: boolean;
  /** Paths of the migrations that the live database has not applied. */
  pending?: readonly string[] | undefined;
  /** Owner and tenant columns that the project says itself, by `schema.table`. */
  access?: AccessOverrides | undefined;
  signal?: AbortSignal | undefined;
  /** Told what a long probe is at. */
  onProgress?: ((label: string) => void) | undefined;
  /** Runs `probe` on a copy of the replayed database that it may change at will; the copy is dropped afterwards. */
  onCopy<T>(probe: (copy: ShadowCopy) => Promise<T>): Promise<T>;
}

/** Brings one facet, or says why it cannot be had (a UserError with exit 3, or an error of PostgreSQL's, is such an answer too). */
export type ShadowFacet<N extends ShadowName> = (context: ShadowContext) => Promise<CollectedFact<N>>;

export interface ShadowOptions {
  names: readonly FactName[];
  root: string;
  besideLive: boolean;
  /** Paths of the migrations that the live database has not applied; none unless given. */
  pending?: readonly string[];
  /** As ShadowContext.access. */
  access?: AccessOverrides | undefined;
  /** Replays the migrations; called once, and only when a facet is wanted. */
  open: () => Promise<FromMigrations>;
  /** Let go of the shadow database afterwards. */
  closeAfter: boolean;
  signal?: AbortSignal | undefined;
  onFacet?: ((name: string) => void) | undefined;
  onProgress?: ((label: string) => void) | undefined;
}

/** The replay as a facet: what PostgreSQL said has passed the redactor. */
function replayFact({ replay, server }: Pick<FromMigrations, 'replay' | 'server'>): Facts['replay'] {
  const { tool, directory, applied, failures, shims, regime }: ReplayResult = replay;
  return {
    tool,
    directory,
    applied: applied.length,
    failures: failures.map(({ path, line, sqlstate, message, hint, consequent }) => ({
      path,
      line,
      sqlstate,
      message: redact(message),
      hint,
      consequent,
    })),
    shims: [...shims],
    server: { versionNum: server.version, origin: server.origin },
    regime,
  };
}

/** A facet's value, as collected. */
export function brought<N extends ShadowName>(value: Facts[N], ms: number, hidden: string[] = []): CollectedFact<N> {
  return { status: 'ok', value, hidden, ms } as CollectedFact<N>;
}

async function replayOrigins({ shadow }: ShadowContext): Promise<CollectedFact<'replayOrigins'>> {
  const { origins } = shadow.replay;
  return origins === null
    ? { status: 'absent', reason: 'the server of the shadow database does not let us watch the replay', ms: 0 }
    : brought<'replayOrigins'>(origins.origins, 0, origins.gaps);
}

async function catalogue(context: ShadowContext): Promise<CollectedFact<'shadowCatalogue'>> {
  if (!context.besideLive)
    return { status: 'absent', reason: 'the database audited is itself the one the migrations make', ms: 0 };
  const started = performance.now();
  const value = await shadowCatalogue(context);
  return brought<'shadowCatalogue'>(value, Math.round(performance.now() - started));
}

/** A facet that a probe brings; what the replay left out is said with it. */
function probed<N extends ShadowName>(probe: (context: ShadowContext) => Promise<Facts[N]>): ShadowFacet<N> {
  return async (context) => {
    const started = performance.now();
    const value = await probe(context);
    return brought<N>(value, Math.round(performance.now() - started), replayGaps(replayFact(context.shadow)));
  };
}

const FACETS: { [N in ShadowName]: ShadowFacet<N> } = {
  replay: async ({ shadow }) => brought<'replay'>(replayFact(shadow), 0),
  replayOrigins,
  shadowCatalogue: catalogue,
  timestampProbe: probed<'timestampProbe'>(probeTimestamps),
  signupProbe: probed<'signupProbe'>(probeSignUp),
  erasureProbe: probed<'erasureProbe'>(probeErasure),
  functionChecks: probed<'functionChecks'>(checkFunctions),
  plpgsqlCheck: probed<'plpgsqlCheck'>(checkWithExtension),
  accessMatrix: probed<'accessMatrix'>(probeAccess),
  replayTwice: probed<'replayTwice'>(replayTwice),
  declaredSchema: probed<'declaredSchema'>(declaredSchema),
  seedReplay: probed<'seedReplay'>(seedReplay),
  downScripts: probed<'downScripts'>(tryDownScripts),
};

function allAlike(names: readonly ShadowName[], fact: CollectedFact): Collected {
  return Object.fromEntries(names.map((name) => [name, fact])) as Collected;
}

/** What probes of a replayed database work with. */
export function shadowContext(
  shadow: FromMigrations,
  { root, besideLive, pending, access, signal, onProgress }: Omit<ShadowContext, 'shadow' | 'onCopy'>,
): ShadowContext {
  return {
    shadow,
    root,
    besideLive,
    pending,
    access,
    signal,
    onProgress,
    async onCopy(probe) {
      if (shadow.copy === null) {
        throw new UserError(
          'shadow-not-copied',
          'the server of --shadow-url does not let us copy the shadow database',
          'leave --shadow-url out to use the embedded PostgreSQL',
          EXIT.unknown,
        );
      }
      const copy = await shadow.copy();
      try {
        return await probe(copy);
      } finally {
        await copy.close().catch(() => undefined);
      }
    },
  };
}

/**
 * Replays the repository's migrations into a shadow database and brings the facets asked for, one after the other. What
 * cannot be had (no server for it, no migrations, a probe that failed) is in the answer with its reason, never an empty value.
 * Throws the signal's reason, and UserError with exit 2 (a wrong --shadow-url must not pass as “no shadow”).
 */
export async function collectShadow(options: ShadowOptions): Promise<Collected> {
  const { besideLive, signal, onFacet } = options;
  const names = FACT_SOURCES.shadow.filter((name) => options.names.includes(name));
  if (names.length === 0) return {};
  let shadow: FromMigrations;
  try {
    shadow = await options.open();
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof UserError) || error.exitCode !== EXIT.unknown) throw error;
    return allAlike(names, { status: 'absent', reason: `no shadow database: ${error.message}; ${error.next}`, ms: 0 });
  }
  try {
    if (shadow.replay.tool === null && besideLive) {
      return allAlike(names, { status: 'absent', reason: 'the repository holds no migrations to replay', ms: 0 });
    }
    const context = shadowContext(shadow, options);
    const facts: Record<string, CollectedFact> = {};
    for (const name of names) {
      signal?.throwIfAborted();
      facts[name] = await bring(name, context);
      onFacet?.(name);
    }
    return facts as Collected;
  } finally {
    if (options.closeAfter) await shadow.close().catch(() => undefined);
  }
}

async function bring(name: ShadowName, context: ShadowContext): Promise<CollectedFact> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    return await FACETS[name](context);
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof UserError)
      return { status: 'absent', reason: `${error.message}; ${error.next}`, ms: elapsed() };
    return failedFact(error, elapsed());
  }
}
