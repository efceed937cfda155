import { ownershipIn } from '../core/access-contract.ts';
import type { CheckText, EnvironmentRef } from '../core/check.ts';
import type { Declared } from '../core/facts/audit.ts';
import {
  type Collected,
  type CollectedFact,
  FACT_SOURCES,
  type FactName,
  type Facts,
  LIVE_ONLY_FACTS,
  type Snapshot,
} from '../core/facts.ts';
import { snapshotOf } from '../core/snapshot.ts';
import type { OpenApi } from '../facts/http/collect.ts';
import type { ManagementTarget } from '../facts/platform/client.ts';
import type { FromMigrations, FromMigrationsOptions } from '../facts/shadow/from-migrations.ts';
import { withProjectName } from '../facts/shadow/project-name.ts';
import { replayGaps } from '../facts/shadow/replay-gaps.ts';
import { lastingEffects } from '../steps/lib/lasting-effects.ts';
import { pendingMigrations } from '../steps/lib/migration-files.ts';
import { LIVE_ACCESS } from './probes.ts';

/*
 * Collectors are loaded when they are used: database driver, parsers and servers are half the program, and the wizard's
 * first frame needs none of them.
 */

/** Where the facts of one environment come from. The URL is a secret: it is never stored, shown or logged. */
export interface Target {
  environment: EnvironmentRef;
  /** PostgreSQL connection string. */
  databaseUrl: string;
  /** An embedded server of ours (demo, replay): its path is known. */
  embedded: boolean;
  /** Supabase project ref, for links; null when unknown. */
  projectRef: string | null;
  /** Access to the hosted project's settings; null without a token or a project. A secret is in it. */
  management?: ManagementTarget | null;
  /** The project's API and the keys to it, secrets; null where nobody says. */
  api?: OpenApi | null;
  /** False: no hosted project is behind the database. Unless said, one is behind every database that is not ours. */
  hosted?: boolean;
  /** The replayed database, when that is what is audited; null for a live one. */
  shadow: FromMigrations | null;
}

export interface CollectRequest {
  target: Target;
  /** Root of the repository, or null when none was given. */
  repository: string | null;
  /** Folder of migrations when it is not found by itself. */
  migrations: string | null;
  declared: Declared;
  /** Facets to collect; their own needs are added. */
  names: ReadonlySet<FactName>;
  /** The snapshot before: facets not collected again are taken over from it. */
  previous: Snapshot | null;
  /** Replays the migrations into a shadow database beside a live one; the embedded PostgreSQL unless given. */
  openShadow?: OpenShadow | undefined;
  /** The production environment audited in the same run, when this is another one. */
  production?: Target | null;
  /** Probes that a person agreed to on this target, by name. */
  consents?: ReadonlySet<string>;
  /** Told, before the error is thrown, when sampling of rows was cut short: a snapshot that keeps what it came to. */
  onInterrupted?: ((snapshot: Snapshot) => void) | undefined;
  /** Repository facets already collected in this run for another environment. */
  repositoryFacts?: Collected;
  now: () => string;
  clock: () => number;
  signal?: AbortSignal | undefined;
  onFacet?: ((name: string, done: number, total: number) => void) | undefined;
}

export type OpenShadow = (
  options: Pick<FromMigrationsOptions, 'root' | 'migrations' | 'major' | 'audited' | 'signal' | 'onFile' | 'keepGoing'>,
) => Promise<FromMigrations>;

/** What a row scan must know of the catalogue before it can start. */
const DATA_NEEDS: readonly FactName[] = ['database', 'relations', 'columns', 'constraints', 'tableStats'];

/** What has to be known of the database before its API is asked. */
const HTTP_NEEDS: readonly FactName[] = ['relations', 'columns', 'functions', 'storage'];

/** What has to be known before rows are made in a live database. */
const SIDE_EFFECT_FACTS: readonly FactName[] = ['triggers', 'functions', 'relations', 'columns', 'policies'];

/** What says where the application is reached. */
const ADDRESS_FACTS: readonly FactName[] = ['platformAuth', 'repoConfig'];

/** And to ask as users: whose rows are whose, and what a change would set off. */
const ACCESS_NEEDS: readonly FactName[] = ['accessMatrix', 'constraints', 'policies', 'triggers'];

/** Every facet that the checks of these checkpoints need or use. */
export function factsOf(checks: readonly CheckText[]): Set<FactName> {
  const names = new Set<FactName>();
  for (const check of checks) for (const name of [...check.needs, ...(check.uses ?? [])]) names.add(name);
  if (FACT_SOURCES.data.some((name) => names.has(name))) for (const name of DATA_NEEDS) names.add(name);
  if (FACT_SOURCES.http.some((name) => names.has(name))) for (const name of HTTP_NEEDS) names.add(name);
  if (names.has('httpAccess')) for (const name of ACCESS_NEEDS) names.add(name);
  if (names.size > 0) names.add('database');
  return names;
}

function only<T extends FactName>(names: ReadonlySet<FactName>, source: readonly T[]): T[] {
  return source.filter((name) => names.has(name));
}

function absent(names: readonly FactName[], reason: string): Collected {
  return Object.fromEntries(names.map((name) => [name, { status: 'absent', reason, ms: 0 }])) as Collected;
}

function ok<N extends FactName>(value: Facts[N]): CollectedFact<N> {
  return { status: 'ok', value, hidden: [], ms: 0 };
}

/** The schemas `[api].schemas` of config.toml exposes, where the database itself does not say (CATALOGUE, “Never green by default”). */
function withExposedSchemas(facts: Collected, preferConfig: boolean): Collected {
  const { database, repoConfig } = facts;
  if (database?.status !== 'ok' || (database.value.exposedSchemas !== null && !preferConfig)) return facts;
  const config = repoConfig?.status === 'ok' ? repoConfig.value : null;
  const api = config?.values.api as { schemas?: unknown } | undefined;
  if (!config || !Array.isArray(api?.schemas)) return facts;
  const schemas = api.schemas.filter((name): name is string => typeof name === 'string');
  return {
    ...facts,
    database: { ...database, value: { ...database.value, exposedSchemas: { schemas, source: config.path } } },
  };
}

/** A replay in which files failed leaves objects out: every catalogue facet then says so, and no check over it can pass. */
function withReplayGaps(facts: Collected): Collected {
  const gaps = facts.replay?.status === 'ok' ? replayGaps(facts.replay.value) : [];
  if (gaps.length === 0) return facts;
  const marked: Record<string, unknown> = { ...facts };
  for (const name of FACT_SOURCES.catalogue) {
    const fact = facts[name];
    if (fact?.status === 'ok') marked[name] = { ...fact, hidden: [...fact.hidden, ...gaps] };
  }
  return marked as Collected;
}

/**
 * Collects the facets asked for from database and repository side by side, then the row scans that need the catalogue.
 * A facet that cannot be had is in the snapshot with its reason. Throws UserError when the database cannot be reached at all.
 */
export async function collectSnapshot(request: CollectRequest): Promise<Snapshot> {
  const { target, previous, onFacet } = request;
  const names = new Set(request.names);
  const replayed = target.environment.source === 'from-migrations';
  if (replayed) for (const name of LIVE_ONLY_FACTS) names.delete(name);
  const started = request.clock();

  const liveAccess = names.has('accessMatrix') && mayTryLive(request);
  if (liveAccess) for (const name of SIDE_EFFECT_FACTS) names.add(name);
  const catalogueNames = only(names, FACT_SOURCES.catalogue);
  const dataNames = only(names, FACT_SOURCES.data);
  const networkNames = only(names, FACT_SOURCES.network);
  // They name the application's address.
  if (networkNames.includes('httpsEdge')) for (const name of ADDRESS_FACTS) names.add(name);
  if (request.repository !== null && catalogueNames.length > 0) names.add('repoMigrations');
  const repositoryNames = only(names, FACT_SOURCES.repository);
  // How the replay went, and what it stood in for, belongs to whatever a shadow database tells.
  if (replayed || FACT_SOURCES.shadow.some((name) => names.has(name))) names.add('replay');
  // Every finding says where its object comes from (evaluate.ts).
  if (FACT_SOURCES.shadow.some((name) => names.has(name))) names.add('replayOrigins');
  const shadowNames = only(names, FACT_SOURCES.shadow);
  const platformNames = only(names, FACT_SOURCES.platform);
  const httpNames = only(names, FACT_SOURCES.http);
  const total =
    catalogueNames.length +
    networkNames.length +
    dataNames.length +
    shadowNames.length +
    platformNames.length +
    httpNames.length +
    (request.repositoryFacts ? 0 : repositoryNames.length);
  let done = 0;
  const tick = (name: string) => onFacet?.(name, ++done, total);

  const [catalogue, repository, platform] = await Promise.all([
    catalogueFacts(request, catalogueNames, tick),
    repositoryFacts(request, repositoryNames, tick),
    platformFacts(request, platformNames, tick),
  ]);

  let facts: Collected = { ...previous?.facts, ...catalogue, ...repository, ...platform };
  const [data, shadow, network] = await Promise.all([
    dataFacts(request, dataNames, facts, (label) => onFacet?.(label, done, total)),
    shadowFacts(request, shadowNames, facts, tick, (label) => onFacet?.(label, done, total)),
    networkFacts(request, networkNames, facts, tick),
  ]);
  const matrix: Collected = liveAccess
    ? { accessMatrix: await liveMatrix(request, { ...facts, ...shadow }, (label) => onFacet?.(label, done, total)) }
    : {};
  facts = withExposedSchemas(
    { ...facts, ...data, ...shadow, ...network, ...matrix, declared: ok(request.declared) },
    replayed,
  );
  // Last: it asks after what the catalogue has, and in whose name the access matrix says.
  facts = {
    ...facts,
    ...(await httpFacts(request, httpNames, facts, tick, (label) => onFacet?.(label, done, total))),
  };
  if (replayed) facts = withReplayGaps(withProjectName(facts));
  return snapshotOf(
    {
      environment: target.environment.name,
      source: target.environment.source,
      takenAt: request.now(),
      durationMs: Math.round(request.clock() - started),
      facts,
    },
    previous ?? undefined,
  );
}

async function catalogueFacts(
  { target, signal }: CollectRequest,
  names: FactName[],
  tick: (name: string) => void,
): Promise<Collected> {
  if (names.length === 0) return {};
  const { collectCatalogue } = await import('../facts/postgres/collect.ts');
  return collectCatalogue({
    url: target.databaseUrl,
    names,
    embedded: target.embedded,
    onFacet: tick,
    ...(signal && { signal }),
  });
}

async function dataFacts(
  request: CollectRequest,
  names: FactName[],
  catalogue: Collected,
  onProgress: (label: string) => void,
): Promise<Collected> {
  if (names.length === 0) return {};
  const { target, previous, production, consents, signal } = request;
  const counts = previous?.facts.rowCounts;
  const samples = previous?.facts.columnSamples;
  const { collectData } = await import('../facts/postgres/collect-data.ts');
  let sampled: (() => Facts['columnSamples']) | null = null;
  try {
    return await collectData({
      url: target.databaseUrl,
      names,
      catalogue,
      previousCounts: counts?.status === 'ok' ? counts.value : null,
      previousSamples: samples?.status === 'ok' ? samples.value : null,
      declared: request.declared,
      production: production ? { name: production.environment.name, url: production.databaseUrl } : null,
      now: request.now,
      onProgress,
      onSampling: (current) => {
        sampled = current;
      },
      ...(consents && { consents }),
      ...(signal && { signal }),
    });
  } catch (error) {
    keepSamples(request, catalogue, sampled);
    throw error;
  }
}

/** What had been sampled before a run was cancelled or its connection lost, as a snapshot in which nothing else is new. */
function keepSamples(
  { previous, target, now, onInterrupted }: CollectRequest,
  catalogue: Collected,
  sampled: (() => Facts['columnSamples']) | null,
): void {
  const value = sampled?.();
  if (!value || value.tables.length === 0 || !onInterrupted) return;
  const columnSamples: CollectedFact<'columnSamples'> = {
    status: 'ok',
    value,
    hidden: ['the sampling of rows was cut short: run it again to go on'],
    ms: 0,
  };
  onInterrupted(
    snapshotOf(
      {
        environment: target.environment.name,
        source: target.environment.source,
        takenAt: now(),
        durationMs: 0,
        facts: { ...(previous?.facts ?? catalogue), columnSamples },
      },
      previous ?? undefined,
    ),
  );
}

async function platformFacts(
  { target, signal }: CollectRequest,
  names: FactName[],
  tick: (name: string) => void,
): Promise<Collected> {
  if (names.length === 0) return {};
  const { collectPlatform } = await import('../facts/platform/collect.ts');
  return collectPlatform({
    names,
    target: target.management ?? null,
    hosted: target.hosted ?? !target.embedded,
    signal,
    onFacet: tick,
  });
}

async function httpFacts(
  { target, consents, signal }: CollectRequest,
  names: FactName[],
  facts: Collected,
  tick: (name: string) => void,
  onProgress: (label: string) => void,
): Promise<Collected> {
  if (names.length === 0) return {};
  const { collectHttp } = await import('../facts/http/collect.ts');
  return collectHttp({
    names,
    open: target.api ?? null,
    database: target.databaseUrl,
    environment: target.environment,
    consents,
    facts,
    signal,
    onFacet: tick,
    onProgress,
  });
}

/** A person agreed, on this very target, and it is no production. */
function mayTryLive({ target, consents }: CollectRequest): boolean {
  const { source, kind } = target.environment;
  return consents?.has(LIVE_ACCESS) === true && source === 'live' && kind !== 'production';
}

/** The access matrix of the live database; where it could not be tried, the copy's with the reason, so that nothing passes by it. */
async function liveMatrix(
  { target, declared, signal }: CollectRequest,
  facts: Collected,
  onProgress: (label: string) => void,
): Promise<CollectedFact<'accessMatrix'>> {
  const { triggers, functions, relations, columns, policies, accessMatrix } = facts;
  const refused = (reason: string): CollectedFact<'accessMatrix'> =>
    accessMatrix?.status === 'ok'
      ? { ...accessMatrix, hidden: [...accessMatrix.hidden, `the live database was not tried: ${reason}`] }
      : { status: 'absent', reason, ms: 0 };
  if (
    triggers?.status !== 'ok' ||
    functions?.status !== 'ok' ||
    relations?.status !== 'ok' ||
    columns?.status !== 'ok' ||
    policies?.status !== 'ok'
  )
    return refused('what its triggers do could not be read');
  const lasting = lastingEffects({
    triggers: triggers.value,
    functions: functions.value,
    relations: relations.value,
    columns: columns.value,
    policies: policies.value,
  });
  if (lasting.length > 0)
    return refused(
      `${lasting.slice(0, 3).join('; ')}${lasting.length > 3 ? ` and ${lasting.length - 3} more` : ''}: no rollback undoes that`,
    );
  const { probeLiveAccess } = await import('../facts/shadow/access/live-probe.ts');
  const fact = await probeLiveAccess({
    url: target.databaseUrl,
    access: { ...approvedOwnership(facts), ...declared.access },
    signal,
    onProgress,
  });
  return fact.status === 'ok' ? fact : refused(fact.reason);
}

async function networkFacts(
  { target, declared, signal }: CollectRequest,
  names: FactName[],
  facts: Collected,
  tick: (name: string) => void,
): Promise<Collected> {
  if (names.length === 0) return {};
  const { collectNetwork } = await import('../facts/network/collect.ts');
  return collectNetwork({
    names,
    environment: target.environment,
    url: target.databaseUrl,
    embedded: target.embedded || target.shadow !== null,
    declaredUrls: declared.urls,
    facts,
    signal,
    onFacet: tick,
  });
}

async function repositoryFacts(
  request: CollectRequest,
  names: FactName[],
  tick: (name: string) => void,
): Promise<Collected> {
  if (names.length === 0) return {};
  if (request.repositoryFacts) return request.repositoryFacts;
  if (request.repository === null)
    return absent(names, 'no repository was given; add --repo DIR, or run it in the repository');
  const { collectRepository } = await import('../facts/repository/collect.ts');
  return collectRepository({
    root: request.repository,
    names,
    onFacet: tick,
    ...(request.migrations !== null && { migrations: request.migrations }),
    ...(request.signal && { signal: request.signal }),
  });
}

/** Files that the live history does not have; none where no history says anything. */
function pendingPaths({ repoMigrations, migrationHistory }: Collected): string[] {
  if (repoMigrations?.status !== 'ok' || migrationHistory?.status !== 'ok') return [];
  const { files, known } = pendingMigrations({
    repoMigrations: repoMigrations.value,
    migrationHistory: migrationHistory.value,
  });
  return known ? files.map(({ path }) => path) : [];
}

/** Whose the rows are, where a person has approved it with the access contract. */
function approvedOwnership({ repoAccess }: Collected): ReturnType<typeof ownershipIn> {
  const contract = repoAccess?.status === 'ok' ? repoAccess.value?.contract : null;
  return contract ? ownershipIn(contract) : {};
}

async function shadowFacts(
  request: CollectRequest,
  names: FactName[],
  catalogue: Collected,
  tick: (name: string) => void,
  onProgress: (label: string) => void,
): Promise<Collected> {
  if (names.length === 0) return {};
  const { target, repository, migrations, signal, onFacet } = request;
  const { shadow } = target;
  const { database } = catalogue;
  const major = database?.status === 'ok' ? Math.trunc(database.value.serverVersionNum / 10_000) : null;
  if (repository === null && shadow === null) {
    const reason = 'no repository was given; add --repo DIR, or run it in the repository';
    const orLive = `, or agree to a try in the live database, where it is no production (--allow-probe ${LIVE_ACCESS})`;
    return Object.assign(
      absent(names, reason),
      names.includes('accessMatrix') ? absent(['accessMatrix'], `${reason}${orLive}`) : {},
    );
  }
  const { collectShadow } = await import('../facts/shadow/collect.ts');
  const open = request.openShadow ?? (await import('../facts/shadow/from-migrations.ts')).prepareFromMigrations;
  return collectShadow({
    names,
    root: repository ?? '',
    besideLive: shadow === null,
    pending: pendingPaths(catalogue),
    access: { ...approvedOwnership(catalogue), ...request.declared.access },
    onProgress,
    open: async () =>
      shadow ??
      open({
        root: repository ?? '',
        // One file that never applied must not hide everything after it; what is missing is said in every result.
        keepGoing: true,
        onFile: (path, done, total) => onFacet?.(`replay of ${path}`, done, total),
        audited: target.databaseUrl,
        ...(migrations !== null && { migrations }),
        ...(major !== null && { major }),
        ...(signal && { signal }),
      }),
    closeAfter: shadow === null,
    signal,
    onFacet: tick,
  });
}
