import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { EnvironmentKind, Parameters } from '../core/check.ts';
import type { Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import type { Declared } from '../core/facts/audit.ts';
import { DEFAULT_POLICY, type Policy } from '../core/policy.ts';
import type { OpenShadow, Target } from '../engine/collect.ts';
import { findConfigFile, readConfig, resolveSecret } from '../engine/config-file.ts';
import type { ManagementTarget } from '../facts/platform/client.ts';
import { parseTarget } from '../facts/postgres/target.ts';
import { apiOfConfig, apiOfOptions, type KnownApi, safeAddress } from './api-target.ts';
import { type Ask, connectionString } from './connection-string.ts';
import type { AuditOptions } from './options.ts';
import { shadowOpener } from './shadow-opener.ts';

/** What the options, the configuration and the place we stand in come to. */
export interface Project {
  name: string;
  config: Config | null;
  repository: string | null;
  migrations: string | null;
  policy: Policy;
  declared: Declared;
  parameters: Readonly<Record<string, Parameters>>;
  /** Folder that holds (or will hold) .supaready/. */
  stateRoot: string;
}

const LOOKS_LIKE_A_REPOSITORY = ['supabase', 'prisma', 'package.json', '.git', 'drizzle.config.ts'];

function repositoryFrom(options: AuditOptions, config: Config | null, configFile: string | null): string | null {
  const given =
    options.repo ??
    (config?.repository?.path !== undefined && configFile
      ? resolve(dirname(configFile), config.repository.path)
      : undefined);
  if (given !== undefined) {
    const root = resolve(given);
    if (!existsSync(root) || !statSync(root).isDirectory()) {
      throw new UserError(
        'no-such-repository',
        `there is no folder ${root}`,
        'check --repo, or repository.path in the configuration',
      );
    }
    return root;
  }
  const here = configFile ? dirname(configFile) : process.cwd();
  return LOOKS_LIKE_A_REPOSITORY.some((name) => existsSync(join(here, name))) ? here : null;
}

/** Reads the configuration, if any, and settles everything that needs no database. */
export function resolveProject(options: AuditOptions): Project {
  const configFile =
    options.config !== undefined ? resolve(options.config) : findConfigFile(options.repo ?? process.cwd());
  const config = configFile ? readConfig(configFile) : null;
  const repository = repositoryFrom(options, config, configFile);
  const declared = config?.declared;
  const name = config?.project ?? (repository ? projectName(repository) : 'supabase-project');
  const refs = Object.entries(config?.environments ?? {}).flatMap(([environment, { ref }]) =>
    ref ? [[environment, ref] as const] : [],
  );
  return {
    name,
    config,
    repository,
    migrations: options.migrations ?? config?.repository?.migrations ?? null,
    policy: { ...DEFAULT_POLICY, ...config?.policy } as Policy,
    declared: {
      project: config?.project ?? null,
      serverOnlyTables: declared?.serverOnlyTables ?? [],
      publicTables: declared?.publicTables ?? [],
      allowedDefinerFunctions: declared?.allowedDefinerFunctions ?? [],
      seed: (declared?.seed ?? []).map(({ table, where, min }) => ({ table, where: where ?? null, min })),
      regions: declared?.regions ?? [],
      urls: declared?.urls ?? [],
      retention: declared?.retention ?? {},
      ...(config?.access?.tables && { access: config.access.tables }),
      refs: Object.fromEntries(refs),
    },
    parameters: (config?.parameters ?? {}) as Readonly<Record<string, Parameters>>,
    stateRoot: resolve(options.stateDir ?? (configFile ? dirname(configFile) : (repository ?? process.cwd()))),
  };
}

function projectName(repository: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { name?: unknown };
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    return basename(repository);
  }
  return basename(repository);
}

/** host:port/database of a connection string: what may be shown. */
export function describeTarget(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname || 'localhost'}:${port || '5432'}${pathname === '' || pathname === '/' ? '/postgres' : decodeURIComponent(pathname)}`;
  } catch {
    return 'unknown';
  }
}

/** The project ref that a hosted Supabase connection string names, or null. */
export function refOfUrl(url: string): string | null {
  try {
    const { hostname, username } = new URL(url);
    return (
      /^db\.([a-z]{20})\.supabase\.co$/.exec(hostname)?.[1] ??
      /^[a-z_]+\.([a-z]{20})$/.exec(decodeURIComponent(username))?.[1] ??
      null
    );
  } catch {
    return null;
  }
}

function linkedRef(repository: string | null): string | null {
  if (repository === null) return null;
  try {
    const ref = readFileSync(join(repository, 'supabase/.temp/project-ref'), 'utf8').trim();
    return /^[a-z]{20}$/.test(ref) ? ref : null;
  } catch {
    return null;
  }
}

/** What was resolved for one run: the targets, and how to let go of what was started for them. */
export interface Targets {
  targets: Target[];
  /** Credentials that were not given, by environment. */
  skippedCredentials: Record<string, string[]>;
  /** Replays the migrations beside a live database, as options and configuration say. */
  openShadow: OpenShadow;
  close(): Promise<void>;
}

/** What of the credentials beside the database is missing, by the names of the configuration. */
function missingCredentials(management: ManagementTarget | null, api: KnownApi): string[] {
  return management === null ? ['managementToken', ...api.missing] : api.missing;
}

/** Access to the project's settings: SUPABASE_ACCESS_TOKEN, as the Supabase CLI has it, unless the configuration names a token. */
function managementOf(ref: string | null, token: string | undefined): ManagementTarget | null {
  const known = token ?? process.env.SUPABASE_ACCESS_TOKEN;
  if (ref === null || known === undefined || known === '') return null;
  return { ref, token: known, baseUrl: managementUrl() };
}

/** Another place of the Management API (a proxy), SUPAREADY_MANAGEMENT_URL. The token goes there: only over TLS, or to this machine. */
function managementUrl(): string | undefined {
  const given = process.env.SUPAREADY_MANAGEMENT_URL;
  if (given === undefined || given === '') return undefined;
  return safeAddress(given, 'SUPAREADY_MANAGEMENT_URL');
}

function live(
  name: string,
  kind: EnvironmentKind,
  databaseUrl: string,
  projectRef: string | null,
  { target: api }: KnownApi,
  token?: string,
): Target & { management: ManagementTarget | null } {
  const ref = projectRef ?? refOfUrl(databaseUrl);
  return {
    environment: { name, kind, source: 'live', target: describeTarget(databaseUrl) },
    databaseUrl,
    embedded: false,
    projectRef: ref,
    management: managementOf(ref, token),
    api: api && (async () => api),
    // A database on this machine that nobody says belongs to a project: Supabase's local stack, or one of the user's own.
    hosted: ref !== null || !parseTarget(databaseUrl).local,
    shadow: null,
  };
}

/**
 * The databases to audit: replayed migrations, the one of --db-url, or those of the configuration.
 * Throws UserError (exit 2) saying what can be given when there is none.
 */
export async function resolveTargets(
  options: AuditOptions,
  project: Project,
  ask: Ask,
  progress: { onFile?: (path: string, done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<Targets> {
  const nothing = async () => {};
  const openShadow = await shadowOpener(options, project, ask);
  if (options.fromMigrations) return replayTarget(options, project, openShadow, progress);

  const given = options.dbUrl ?? process.env.SUPAREADY_DB_URL;
  if (given !== undefined && given !== '') {
    const url = await connectionString(given, options.dbUrl === undefined ? 'SUPAREADY_DB_URL' : '--db-url', ask);
    const name = options.env ?? options.kind ?? 'production';
    // The repository may be linked to another project than the database named here.
    const linked = parseTarget(url).local ? null : linkedRef(project.repository);
    const ref = refOfUrl(url) ?? linked;
    const api = apiOfOptions(options, ref);
    const target = live(name, options.kind ?? 'production', url, ref, api);
    return {
      targets: [target],
      skippedCredentials: { [name]: missingCredentials(target.management, api) },
      openShadow,
      close: nothing,
    };
  }

  const configured = Object.entries(project.config?.environments ?? {}).filter(
    ([name]) => options.env === undefined || name === options.env,
  );
  if (options.env !== undefined && project.config && configured.length === 0) {
    throw new UserError(
      'unknown-environment',
      `the configuration has no environment “${options.env}”`,
      `it has: ${Object.keys(project.config.environments ?? {}).join(', ') || 'none'}`,
    );
  }
  const targets: Target[] = [];
  const skippedCredentials: Record<string, string[]> = {};
  for (const [name, environment] of configured) {
    if (environment.database === undefined) continue;
    const url = await connectionString(environment.database, `environments.${name}.database`, ask);
    const token =
      environment.managementToken === undefined
        ? undefined
        : await resolveSecret(environment.managementToken, `environments.${name}.managementToken`, ask);
    const ref = environment.ref ?? refOfUrl(url);
    const api = await apiOfConfig(name, environment.api, ref, ask);
    const target = live(name, environment.kind, url, ref, api, token);
    targets.push(target);
    skippedCredentials[name] = missingCredentials(target.management, api);
  }
  if (targets.length > 0) return { targets, skippedCredentials, openShadow, close: nothing };
  throw new UserError(
    'no-target',
    'nothing says which database to audit',
    'give --db-url postgres://… (or SUPAREADY_DB_URL), replay the repository with --from-migrations, write a configuration with `supaready init`, or look around with `supaready demo`',
  );
}

async function replayTarget(
  options: AuditOptions,
  project: Project,
  openShadow: OpenShadow,
  progress: { onFile?: (path: string, done: number, total: number) => void; signal?: AbortSignal },
): Promise<Targets> {
  if (project.repository === null) {
    throw new UserError(
      'no-repository',
      '--from-migrations needs the repository whose migrations are replayed',
      'add --repo DIR, or run it in the repository',
    );
  }
  const prepared = await openShadow({
    root: project.repository,
    // One file that never applied must not hide everything after it; what is missing is said in every result.
    keepGoing: true,
    ...(project.migrations !== null && { migrations: project.migrations }),
    ...progress,
  });
  const name = options.env ?? 'migrations';
  return {
    targets: [
      {
        environment: { name, kind: options.kind ?? 'development', source: 'from-migrations', target: null },
        databaseUrl: prepared.url,
        embedded: true,
        projectRef: null,
        shadow: prepared,
      },
    ],
    skippedCredentials: { [name]: ['database', 'managementToken', 'publishableKey', 'secretKey', 'testUsers'] },
    openShadow,
    close: () => prepared.close(),
  };
}
