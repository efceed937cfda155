import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { startServer } from '../../src/facts/shadow/server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Port of the run's embedded server. */
    postgresPort: number;
    /** Template database with our Supabase baseline. */
    postgresTemplate: string;
  }
}

/** One embedded PostgreSQL with the baseline for the whole run; gone with it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-vitest-')),
    ephemeral: true,
    baseline: true,
  });
  project.provide('postgresPort', server.port);
  project.provide('postgresTemplate', await ensureBaseline(server));
  return () => server.stop();
}
