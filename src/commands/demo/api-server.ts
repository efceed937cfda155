import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { demoRoot } from './manifest.ts';

export interface ApiServerOptions {
  /** Connection string of a superuser: the server becomes each caller's role. */
  databaseUrl: string;
  /** Schemas of the Data API. */
  schemas?: readonly string[];
  /** Every request of the Data API is undone (tests). */
  rollback?: boolean;
}

/** A running API, as a Supabase project has it, with keys and a secret made up for this very process. */
export interface ApiServer {
  url: string;
  publishableKey: string;
  secretKey: string;
  /** What its tokens are signed with (HS256). */
  jwtSecret: string;
  stop(): Promise<void>;
}

const START_MS = 20_000;
/** Far above what closing takes; its database may be waiting to be dropped. */
const STOP_MS = 2000;

/**
 * Starts a Supabase-compatible API on a database that has our baseline. Rejects when it does not start, above all where its
 * package is not installed.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const random = () => randomBytes(24).toString('base64url');
  const keys = {
    publishableKey: `sb_publishable_${random()}`,
    secretKey: `sb_secret_${random()}`,
    jwtSecret: random() + random(),
  };
  const worker = new Worker(join(demoRoot(), 'api-server.mjs'), {
    workerData: { schemas: ['public'], rollback: false, ...options, ...keys },
    stdout: true,
    stderr: true,
  });
  // Read and dropped: what it logs on refusals is not ours to show.
  worker.stdout.resume();
  worker.stderr.resume();
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`it did not start within ${START_MS / 1000} s`)), START_MS);
    worker.once('message', (message: { url: string }) => resolve(message.url));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('it ended at once')));
    worker.once('message', () => clearTimeout(late));
    worker.once('error', () => clearTimeout(late));
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  worker.unref();
  return {
    url,
    ...keys,
    async stop() {
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage('stop');
      const late = setTimeout(() => void worker.terminate(), STOP_MS);
      await ended;
      clearTimeout(late);
    },
  };
}
