import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { stretchesOf, withClient } from '../../src/commands/demo/script.ts';
import { CATALOGUE_IN_SHADOW } from '../../src/core/facts/shadow.ts';
import type { CollectedFact } from '../../src/core/facts.ts';
import { describeObject } from '../../src/core/object.ts';
import { parseScript } from '../../src/core/sql.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { driftBetween } from '../../src/steps/lib/drift/compare.ts';
import type { Difference } from '../../src/steps/lib/drift/model.ts';
import type { Catalogue } from '../../src/steps/lib/drift/side.ts';
import BASE from './base.sql';
import { CRON_BASE } from './mutations.ts';

/** A database of a world, by its two users. */
export interface Base {
  url: string;
  adminUrl: string;
}

/** A server with two databases made from the same statements. */
export interface World {
  server: PostgresServer;
  live: Base;
  migrations: Base;
  /** False where the server has neither pg_cron nor our stand-in. */
  hasCron: boolean;
  /** Both databases as they were at the start, after a case that failed half-way. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

async function base(server: PostgresServer, name: string, template: string): Promise<Base> {
  await server.createDatabase(name, template);
  return { url: server.url(name), adminUrl: server.url(name, 'supabase_admin') };
}

/** Starts a server (the embedded one unless `binaries` names a folder) with databases `live` and `migrations`. */
export async function startWorld(binaries?: string): Promise<World> {
  const server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-drift-')),
    ephemeral: true,
    ...(binaries !== undefined && { binaries }),
  });
  const first = await base(server, 'first', await ensureBaseline(server));
  await runScript(first, BASE);
  const hasCron = await runScript(first, CRON_BASE).then(
    () => true,
    () => false,
  );
  const live = await base(server, 'live', 'first');
  const migrations = await base(server, 'migrations', 'first');
  const reset = async () => {
    for (const name of ['live', 'migrations']) {
      await server.dropDatabase(name);
      await server.createDatabase(name, 'first');
    }
    await runScript(live, ROLES);
  };
  return { server, live, migrations, hasCron, reset, stop: () => server.stop() };
}

/** Roles belong to the server. */
const ROLES = `-- as supabase_admin
drop role if exists drift_by_hand;
alter role drift_reporting nobypassrls;
alter role anon nobypassrls;
revoke service_role from authenticated;
alter role authenticated set statement_timeout = '8s';
`;

/** A database's catalogue, as the shadow facet holds it. */
export async function catalogueOf(url: string): Promise<Catalogue> {
  const facts = await collectCatalogue({ url, names: ['database', ...CATALOGUE_IN_SHADOW], embedded: true });
  const catalogue: Record<string, unknown> = {};
  for (const name of CATALOGUE_IN_SHADOW) {
    const fact = facts[name] as CollectedFact | undefined;
    if (fact?.status !== 'ok') throw new Error(`${name}: ${fact?.reason}`);
    catalogue[name] = fact.value;
  }
  if (facts.database?.status !== 'ok') throw new Error('no database facet');
  catalogue.serverVersionNum = facts.database.value.serverVersionNum;
  return catalogue as unknown as Catalogue;
}

export function differences(live: Catalogue, migrations: Catalogue): Difference[] {
  return driftBetween(live, migrations).differences;
}

/** `blocker grants public.orders (live … | migrations …)` */
export function lineOf({ severity, aspect, object, shown }: Difference): string {
  return `${severity} ${aspect} ${describeObject(object)} (live ${shown.live} | migrations ${shown.migrations})`;
}

/** Runs a fix as role postgres; what that role may not do (on hosted Supabase neither, or by supautils) as the superuser. */
export async function applyFix(base: Base, statements: readonly string[]): Promise<void> {
  for (const script of statements) {
    const { error } = parseScript(script);
    if (error) throw new Error(`does not parse: ${error.message}\n${script}`);
    await run(base.url, script).catch(async (cause: pg.DatabaseError) => {
      if (cause.code !== '42501') throw new Error(`${cause.message}\n${script}`);
      await run(base.adminUrl, script);
    });
  }
}

/** Runs a script as role postgres, stretches after `-- as supabase_admin` as the superuser. */
export async function runScript(base: Base, script: string): Promise<void> {
  for (const { role, sql } of stretchesOf(script)) await run(role === 'postgres' ? base.url : base.adminUrl, sql);
}

const run = (url: string, sql: string) => withClient(url, (client) => client.query(sql));
