import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';
import { quoteIdent } from '../../core/text.ts';
import { asAdmin } from './as-admin.ts';
import { findDistribution, makeReachable, serverUser } from './binaries.ts';
import { install } from './installation.ts';
import { onProcessEnd } from './process-end.ts';
import { findRunning, initialise, launchServer, ownedByOther, shutDown, shutDownNow } from './server-process.ts';

/** A PostgreSQL server on loopback with trust authentication; `supabase_admin` is the bootstrap superuser. */
export interface PostgresServer {
  port: number;
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
  /** Folder with initdb and postgres, e.g. /usr/lib/postgresql/15/bin; the embedded PostgreSQL unless named. */
  binaries?: string;
  /** The directory is removed with the server, at the latest when this process ends by itself, SIGINT, SIGTERM or SIGHUP. */
  ephemeral?: boolean;
}

/** A handle on a server that runs on `port` of this machine and that this process does not own: stop() does nothing. */
export function serverOnPort(port: number): PostgresServer {
  return {
    port,
    url: (database, user = 'postgres') =>
      `postgres://${encodeURIComponent(user)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    createDatabase: async (name, template = 'template1') => {
      const hosted = await asAdmin(port, `select from pg_roles where rolname = 'postgres'`);
      const owner = hosted.length > 0 ? ' owner postgres' : '';
      await asAdmin(
        port,
        `create database ${quoteIdent(name)}${owner} template ${quoteIdent(template)} strategy file_copy`,
      );
    },
    dropDatabase: async (name) => {
      await asAdmin(port, `drop database if exists ${quoteIdent(name)} with (force)`);
    },
    stop: async () => undefined,
  };
}

/**
 * Starts PostgreSQL on a directory (initdb first where it is empty), or attaches to the server already running there.
 * Durability is off: for databases that can be made again. Listens on 127.0.0.1 only, without authentication; as root it
 * runs as another system user. A server whose starter was killed is adopted; one whose starter lives is only used.
 * Throws UserError (exit 3): no-embedded-postgres, no-postgres-binaries, directory-not-reachable, embedded-postgres-failed.
 */
export async function startServer(options: StartOptions): Promise<PostgresServer> {
  const directory = resolve(options.directory);
  const ephemeral = options.ephemeral ?? false;
  const data = join(directory, 'data');
  const user = serverUser();
  mkdirSync(directory, { recursive: true, mode: 0o700 });

  const running = await findRunning(directory);
  if (running && ownedByOther(directory)) return serverOnPort(running.port);
  let server: { pid: number; port: number; ended: Promise<unknown> | null };
  if (running) {
    server = { ...running, ended: null };
  } else {
    const bin = install(findDistribution(options.binaries));
    if (user) {
      if (!makeReachable(directory, user)) {
        throw new UserError(
          'directory-not-reachable',
          `PostgreSQL must not run as root, and the user it runs as (uid ${user.uid}) cannot reach ${directory}`,
          'Run supaready as an ordinary user, or choose a folder that other users can pass through',
          EXIT.unknown,
        );
      }
      chownSync(directory, user.uid, user.gid);
    }
    if (!existsSync(join(data, 'PG_VERSION'))) await initialise(bin, directory, user);
    server = await launchServer(bin, directory, user);
  }
  writeFileSync(join(directory, 'owner.pid'), String(process.pid));

  const { pid, port, ended } = server;
  const forget = onProcessEnd(() => shutDownNow(pid, directory, ephemeral));
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    await shutDown(pid, ended, data);
    forget();
    rmSync(join(directory, 'owner.pid'), { force: true });
    if (ephemeral) rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  return {
    ...serverOnPort(port),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
