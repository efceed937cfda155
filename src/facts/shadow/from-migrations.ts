import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';
import { printable } from '../../core/text.ts';
import { applyBaseline, ensureBaseline } from './baseline.ts';
import type { Distribution } from './binaries.ts';
import { openForeignServer } from './foreign-server.ts';
import { findServer, type ServerOrigin } from './machine.ts';
import { type ReplayOptions, type ReplayResult, replayMigrations } from './replay.ts';
import { type PostgresServer, startServer } from './server.ts';
import { serverTrouble } from './server-trouble.ts';
import { systemError } from './system-error.ts';
import { removeOrphans, SHADOW_PREFIX } from './watchdog.ts';

export interface FromMigrationsOptions
  extends Pick<
    ReplayOptions,
    'root' | 'migrations' | 'grants' | 'signal' | 'onFile' | 'keepGoing' | 'statementTimeoutMs'
  > {
  /** A throw-away server of the user's own instead of the embedded one (see foreign-server.ts). */
  shadowUrl?: string;
  /** Connection string of the audited database, which a shadowUrl must not lead to. */
  audited?: string;
  /** Major version of the live server: the shadow gets the same where this machine has it (see machine.ts). */
  major?: number;
}

/** A copy of a replayed database, for a probe that writes. */
export interface ShadowCopy {
  /** As role postgres. */
  url: string;
  /** As the superuser `supabase_admin`. */
  adminUrl: string;
  /** Drops it. */
  close(): Promise<void>;
}

/** What a second replay must be told to do as the first did. */
export type ReplaySettings = Pick<ReplayOptions, 'migrations' | 'grants' | 'statementTimeoutMs'>;

export interface FromMigrations {
  /** Connection string of the replayed database. */
  url: string;
  replay: ReplayResult;
  /** The server the migrations were replayed on. */
  server: {
    /** server_version_num */
    version: number;
    origin: ServerOrigin | 'shadow-url';
  };
  /** Copies the database as it was right after the replay; null where the user's own server does not let us. */
  copy: (() => Promise<ShadowCopy>) | null;
  /**
   * An empty database with the baseline, for another replay: on a server of its own (roles belong to a server), or beside the
   * first on the user's. Rejects with UserError `shadow-not-repeated` where that server takes no second replay.
   */
  fresh: () => Promise<ShadowCopy>;
  settings?: ReplaySettings;
  /** Drops the database; the embedded server stops with its last user. */
  close(): Promise<void>;
}

interface Shared {
  server: Promise<PostgresServer>;
  users: number;
}
/** The servers in use, by what they were made from. */
const shared = new Map<string, Shared>();

async function newServer(distribution: Distribution): Promise<PostgresServer> {
  let directory: string;
  try {
    directory = mkdtempSync(join(tmpdir(), SHADOW_PREFIX));
  } catch (error) {
    throw systemError(error, tmpdir());
  }
  const [server] = await Promise.all([
    startServer({ directory, binaries: distribution, ephemeral: true, baseline: true, locked: true }),
    removeOrphans(),
  ]);
  return server;
}

interface Lease {
  server: PostgresServer;
  distribution: Distribution;
  origin: ServerOrigin;
  /** True while somebody else in this process uses the server too. */
  isShared(): boolean;
  /** The server stops with its last user. */
  release(): Promise<void>;
}

async function acquire(major: number | null): Promise<Lease> {
  const { distribution, origin } = findServer(major);
  const key = JSON.stringify(distribution);
  const entry = shared.get(key) ?? { server: newServer(distribution), users: 0 };
  shared.set(key, entry);
  entry.users++;
  const leave = (): boolean => {
    entry.users--;
    if (entry.users > 0) return false;
    if (shared.get(key) === entry) shared.delete(key);
    return true;
  };
  try {
    const server = await entry.server;
    return {
      server,
      distribution,
      origin,
      isShared: () => entry.users > 1,
      release: async () => {
        if (leave()) await server.stop();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Keeps an untouched copy as template, since PostgreSQL copies no database that somebody is connected to. */
async function copier(server: PostgresServer, database: string): Promise<() => Promise<ShadowCopy>> {
  const template = `${database}_head`;
  await server.createDatabase(template, database);
  return async () => {
    const name = `${database}_${randomBytes(4).toString('hex')}`;
    await server.createDatabase(name, template);
    return {
      url: server.url(name),
      adminUrl: server.url(name, 'supabase_admin'),
      close: () => server.dropDatabase(name),
    };
  };
}

async function freshDatabase(distribution: Distribution): Promise<ShadowCopy> {
  const server = await newServer(distribution);
  const database = `fresh_${randomBytes(6).toString('hex')}`;
  try {
    await server.createDatabase(database, await ensureBaseline(server));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.url(database), adminUrl: server.url(database, 'supabase_admin'), close: () => server.stop() };
}

function onceOnly(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= action();
    return done;
  };
}

async function embedded(options: FromMigrationsOptions): Promise<FromMigrations> {
  const { server, distribution, origin, isShared, release } = await acquire(options.major ?? null);
  const database = `replay_${randomBytes(6).toString('hex')}`;
  const close = onceOnly(async () => {
    if (isShared()) for (const name of [database, `${database}_head`]) await server.dropDatabase(name);
    await release();
  });
  try {
    await server.createDatabase(database, await ensureBaseline(server));
    const replay = await replayMigrations({ ...options, server, database });
    return {
      url: server.url(database),
      replay,
      server: { version: server.version ?? 0, origin },
      copy: await copier(server, database),
      fresh: () => freshDatabase(distribution),
      settings: settingsOf(options),
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw serverTrouble(error) ?? error;
  }
}

function settingsOf({ migrations, grants, statementTimeoutMs }: FromMigrationsOptions): ReplaySettings {
  return {
    ...(migrations !== undefined && { migrations }),
    ...(grants !== undefined && { grants }),
    ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
  };
}

/** The user's server, on which every database that we made is dropped in the end, whoever forgot it. */
function remembering(server: PostgresServer): { server: PostgresServer; dropAll(): Promise<void> } {
  const made = new Set<string>();
  const dropDatabase = async (name: string) => {
    await server.dropDatabase(name);
    made.delete(name);
  };
  return {
    server: {
      ...server,
      createDatabase: (name, template) => {
        made.add(name);
        return server.createDatabase(name, template);
      },
      dropDatabase,
    },
    dropAll: async () => {
      for (const name of [...made].toReversed()) await dropDatabase(name).catch(() => undefined);
    },
  };
}

function notRepeated(why: string): UserError {
  return new UserError(
    'shadow-not-repeated',
    why,
    'leave --shadow-url out to use the embedded PostgreSQL',
    EXIT.unknown,
  );
}

/** A database of ours with the baseline; its name begins with `supaready_`. */
async function withBaseline(server: PostgresServer): Promise<string> {
  const database = `supaready_${randomBytes(6).toString('hex')}`;
  await server.createDatabase(database);
  await applyBaseline(server.url(database));
  return database;
}

/**
 * On the user's server. A second replay runs in a second database there, unless the first one made or dropped roles: these belong
 * to the whole server, so that the second would fail at `create role` for no fault of the migrations. In a Supabase database
 * nothing is replayed twice: it is the only one its login has, and no baseline can be made beside it.
 */
async function foreign(options: FromMigrationsOptions, shadowUrl: string): Promise<FromMigrations> {
  const opened = await openForeignServer(shadowUrl, options.signal, options.audited);
  const { supabase, version, restore, roles } = opened;
  const { server, dropAll } = remembering(opened.server);
  const close = onceOnly(async () => {
    await dropAll();
    await restore();
  });
  try {
    const database = supabase ? opened.database : await withBaseline(server);
    const before = await roles();
    const replay = await replayMigrations({ ...options, server, database });
    const after = await roles();
    const changed = [...after, ...before].filter((name) => !after.has(name) || !before.has(name));
    const fresh = async (): Promise<ShadowCopy> => {
      if (supabase) throw notRepeated('a Supabase database of --shadow-url is good for one replay');
      if (changed.length > 0)
        throw notRepeated(
          `the migrations make or drop roles (${changed.map((name) => printable(name)).join(', ')}), which all databases of the server of --shadow-url share: a second replay would meet them`,
        );
      const name = await withBaseline(server);
      return { url: server.url(name), adminUrl: server.url(name), close: () => server.dropDatabase(name) };
    };
    return {
      url: server.url(database),
      replay,
      server: { version, origin: 'shadow-url' },
      copy: supabase ? null : await copier(server, database),
      fresh,
      settings: settingsOf(options),
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw serverTrouble(error) ?? error;
  }
}

/**
 * Replays a repository's migrations into a throw-away database and says how to connect to it: on an embedded server that
 * lives as long as somebody in this process uses it (and never longer than the process), or on the user's own. What
 * `check --from-migrations` audits. Failing migrations are in `replay.failures`.
 * Rejects with UserError (server.ts, foreign-server.ts) or with the signal's reason; then nothing is left behind.
 */
export function prepareFromMigrations(options: FromMigrationsOptions): Promise<FromMigrations> {
  return options.shadowUrl === undefined ? embedded(options) : foreign(options, options.shadowUrl);
}
