import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { type PostgresServer, serverOnPort, startServer } from '../../src/facts/shadow/server.ts';

export interface TestDatabase {
  /** As role postgres, which is not a superuser (as hosted). */
  url: string;
  /** As supabase_admin, superuser. */
  adminUrl: string;
  /**
   * Runs a script as role postgres; statements after a line `-- as supabase_admin` run as the superuser until a line
   * `-- as postgres`. Each stretch is one implicit transaction.
   */
  sql(text: string): Promise<void>;
  drop(): Promise<void>;
}

/** The run's embedded server (started by global-setup.ts). */
export function testServer(): PostgresServer {
  return serverOnPort(inject('postgresPort'));
}

/** Name of the template database with our Supabase baseline, on testServer(). */
export function baselineTemplate(): string {
  return inject('postgresTemplate');
}

async function run(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Runs a script with `-- as supabase_admin` / `-- as postgres` lines (see TestDatabase.sql). */
export async function runScript(url: string, adminUrl: string, text: string): Promise<void> {
  let target = url;
  let stretch: string[] = [];
  const flush = async () => {
    const script = stretch.join('\n');
    stretch = [];
    if (script.trim() !== '') await run(target, script);
  };
  for (const line of text.split('\n')) {
    const role = /^\s*--\s*as (supabase_admin|postgres)\s*$/.exec(line)?.[1];
    if (role === undefined) {
      stretch.push(line);
      continue;
    }
    await flush();
    target = role === 'postgres' ? url : adminUrl;
  }
  await flush();
}

/** A new database with the baseline, on the run's server; `name` (made up unless given) must be free. */
export async function freshDatabase(name = `test_${randomBytes(6).toString('hex')}`): Promise<TestDatabase> {
  const server = testServer();
  await server.createDatabase(name, baselineTemplate());
  return open(server, name, () => server.dropDatabase(name));
}

function open(server: PostgresServer, name: string, drop: () => Promise<void>): TestDatabase {
  const url = server.url(name);
  const adminUrl = server.url(name, 'supabase_admin');
  return { url, adminUrl, sql: (text) => runScript(url, adminUrl, text), drop };
}

/** A database on a server of its own, for tests that make or judge roles: those belong to the whole server. */
export async function isolatedDatabase(): Promise<TestDatabase> {
  const server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-isolated-')),
    ephemeral: true,
    baseline: true,
  });
  await server.createDatabase('isolated', await ensureBaseline(server));
  return open(server, 'isolated', () => server.stop());
}

const DEBIAN_15 = '/usr/lib/postgresql/15/bin';

/** An own server of Debian's PostgreSQL 15, without baseline (see ensureBaseline); null where it is not installed. The caller stops it. */
export async function debianPostgres15(): Promise<PostgresServer | null> {
  if (!existsSync(join(DEBIAN_15, 'postgres'))) return null;
  return startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-debian15-')),
    binaries: DEBIAN_15,
    ephemeral: true,
  });
}
