import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';
import type { ApiTarget } from '../../facts/http/client.ts';
import { type PostgresServer, startServer } from '../../facts/shadow/server.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { buildLiveDatabase } from './live-database.ts';
import { repositoryFiles, writeRepository } from './repository.ts';

/** Raised when Harbor changes, so that a folder made by an older supaready is made anew. */
const DEMO_VERSION = 3;
const DATABASE = 'harbor';
const MARKER = 'harbor.json';
const POSTGRES = 'postgres-';
/** Customers of demo/live/history.sql who are there for tests. */
const TEST_USERS = ['bram.brouwer1@post.harbor.shop', 'cosima.claes2@post.harbor.shop'].map((email) => ({
  email,
  password: 'harbor-test-customer',
}));

/** Written last: the folder is complete. */
interface Marker {
  version: number;
  fixed: boolean;
  /** Name of the folder with the database. */
  postgres: string;
}

export interface DemoOptions {
  /** Made if missing. Holds the database, `repository/` and a marker file. */
  directory: string;
  /** Without the planted defects. */
  fixed: boolean;
  /** Start anew although a usable folder is there. */
  fresh: boolean;
  onProgress?: (step: string) => void;
}

export interface Demo {
  /** Connection string of the live database, without a password: loopback and trusted. */
  url: string;
  /** Root of the repository. */
  repository: string;
  project: string;
  environmentKind: 'production';
  /** Its API, started when it is asked for the first time. UserError where the package for it is not installed. */
  api(): Promise<ApiTarget>;
  /** Stops the server; what the user fixed stays on disk. */
  stop(): Promise<void>;
  /** True when an earlier demo is continued. */
  resumed: boolean;
}

/** Where the demo lives unless told otherwise: one folder a user and variant in the system's temporary folder. */
export function defaultDemoDirectory(fixed: boolean): string {
  const { uid, username } = userInfo();
  return join(tmpdir(), `supaready-demo-${uid >= 0 ? uid : username}${fixed ? '-fixed' : ''}`);
}

/** Makes the folder, or takes an existing one that is ours: in a shared temporary folder somebody else may have made it. */
function ownFolder(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const stat = lstatSync(directory);
  const uid = process.getuid?.();
  if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) {
    throw new UserError(
      'demo-directory-not-ours',
      `${directory} exists and is not a folder of yours`,
      'Name another folder with --dir',
      EXIT.usage,
    );
  }
  // PostgreSQL refuses to run as root and then runs as another user, who must be able to pass through.
  chmodSync(directory, uid === 0 ? 0o711 : 0o700);
}

/** What the marker says of a complete folder of this version and variant: the name of its database folder. */
function databaseFolder(directory: string, fixed: boolean): string | null {
  try {
    const marker = JSON.parse(readFileSync(join(directory, MARKER), 'utf8')) as Partial<Marker>;
    return marker.version === DEMO_VERSION && marker.fixed === fixed ? (marker.postgres ?? null) : null;
  } catch {
    return null;
  }
}

/** Removes what an earlier or half-made demo left. A server that still runs there is stopped before its files go. */
async function clear(directory: string): Promise<void> {
  rmSync(join(directory, MARKER), { force: true });
  rmSync(join(directory, 'repository'), { recursive: true, force: true });
  for (const name of readdirSync(directory).filter((entry) => entry.startsWith(POSTGRES))) {
    const folder = join(directory, name);
    try {
      if (existsSync(join(folder, 'data', 'postmaster.pid'))) await (await startServer({ directory: folder })).stop();
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // An initdb whose starter was killed may still be writing there; the new database has a folder of its own.
    }
  }
}

/**
 * Makes Harbor ready: a PostgreSQL of its own and a copy of its repository below `directory`. A folder that is complete is
 * continued with everything the user changed; the marker is written last, so one left half-way by a kill is built again.
 * Throws UserError when the folder cannot be used or PostgreSQL does not start.
 */
export async function prepareDemo(options: DemoOptions): Promise<Demo> {
  const directory = resolve(options.directory);
  const { fixed, fresh } = options;
  const progress = options.onProgress ?? (() => undefined);
  ownFolder(directory);

  const existing = fresh ? null : databaseFolder(directory, fixed);
  const resumed = existing !== null;
  if (!resumed) await clear(directory);
  const postgres = existing ?? `${POSTGRES}${randomBytes(3).toString('hex')}`;
  progress(resumed ? 'Starting Harbor’s database where you left it' : 'Starting a PostgreSQL for Harbor');
  const server = await startServer({ directory: join(directory, postgres) });
  try {
    if (!resumed) await build(server, directory, { version: DEMO_VERSION, fixed, postgres }, progress);
  } catch (error) {
    await server.stop().catch(() => undefined);
    throw error;
  }
  const api = lazyApi(server.url(DATABASE, 'supabase_admin'));
  return {
    url: server.url(DATABASE),
    repository: join(directory, 'repository'),
    project: 'Harbor',
    environmentKind: 'production',
    api: api.open,
    async stop() {
      await api.close();
      await server.stop();
    },
    resumed,
  };
}

/** Harbor's API: nothing of it is loaded before a check wants it. */
function lazyApi(databaseUrl: string): { open: () => Promise<ApiTarget>; close: () => Promise<void> } {
  let started: Promise<ApiServer> | null = null;
  return {
    async open() {
      started ??= startApiServer({ databaseUrl });
      const { url, publishableKey, secretKey } = await started.catch((error: Error) => {
        started = null;
        throw new UserError(
          'demo-without-api',
          `the demo’s API did not start (${error.message.split('\n')[0]})`,
          'install @supabase/lite, @hono/node-server and postgres beside supaready to have it',
          EXIT.unknown,
        );
      });
      return { url, publishableKey, secretKey, testUsers: TEST_USERS };
    },
    close: async () => (await started?.catch(() => null))?.stop(),
  };
}

async function build(
  server: PostgresServer,
  directory: string,
  marker: Marker,
  progress: (step: string) => void,
): Promise<void> {
  const { fixed } = marker;
  const files = repositoryFiles(fixed);
  progress('Copying Harbor’s repository');
  writeRepository(join(directory, 'repository'), files);
  progress('Applying its migrations and filling the shop');
  await buildLiveDatabase(server, DATABASE, files, fixed);
  writeFileSync(join(directory, MARKER), `${JSON.stringify(marker)}\n`);
}
