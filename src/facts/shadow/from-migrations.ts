import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyBaseline, ensureBaseline } from './baseline.ts';
import { openForeignServer } from './foreign-server.ts';
import { type ReplayOptions, type ReplayResult, replayMigrations } from './replay.ts';
import { type PostgresServer, startServer } from './server.ts';

export interface FromMigrationsOptions
  extends Pick<
    ReplayOptions,
    'root' | 'migrations' | 'grants' | 'signal' | 'onFile' | 'keepGoing' | 'statementTimeoutMs'
  > {
  /** A throw-away server of the user's own instead of the embedded one (see foreign-server.ts). */
  shadowUrl?: string;
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

export interface FromMigrations {
  /** Connection string of the replayed database. */
  url: string;
  replay: ReplayResult;
  /** Copies the database as it was right after the replay; null where the user's own server does not let us. */
  copy: (() => Promise<ShadowCopy>) | null;
  /** Drops the database; the embedded server stops with its last user. */
  close(): Promise<void>;
}

let shared: Promise<PostgresServer> | null = null;
let users = 0;

async function acquire(): Promise<PostgresServer> {
  users++;
  shared ??= startServer({ directory: mkdtempSync(join(tmpdir(), 'supaready-shadow-')), ephemeral: true });
  try {
    return await shared;
  } catch (error) {
    users--;
    shared = null;
    throw error;
  }
}

async function release(server: PostgresServer): Promise<void> {
  users--;
  if (users > 0) return;
  shared = null;
  await server.stop();
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

function onceOnly(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= action();
    return done;
  };
}

async function embedded(options: FromMigrationsOptions): Promise<FromMigrations> {
  const server = await acquire();
  const database = `replay_${randomBytes(6).toString('hex')}`;
  const close = onceOnly(async () => {
    if (users > 1) for (const name of [database, `${database}_head`]) await server.dropDatabase(name);
    await release(server);
  });
  try {
    await server.createDatabase(database, await ensureBaseline(server));
    const replay = await replayMigrations({ ...options, server, database });
    return { url: server.url(database), replay, copy: await copier(server, database), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function foreign(options: FromMigrationsOptions, shadowUrl: string): Promise<FromMigrations> {
  const { server, database: named, supabase } = await openForeignServer(shadowUrl, options.signal);
  const database = supabase ? named : `supaready_${randomBytes(6).toString('hex')}`;
  const close = onceOnly(async () => {
    if (!supabase) for (const name of [database, `${database}_head`]) await server.dropDatabase(name);
  });
  try {
    if (!supabase) {
      await server.createDatabase(database);
      await applyBaseline(server.url(database));
    }
    const replay = await replayMigrations({ ...options, server, database });
    return { url: server.url(database), replay, copy: supabase ? null : await copier(server, database), close };
  } catch (error) {
    await close();
    throw error;
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
