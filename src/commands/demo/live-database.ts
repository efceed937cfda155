import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { loadSqlParser, parseScript } from '../../core/sql.ts';
import { ensureBaseline } from '../../facts/shadow/baseline.ts';
import type { PostgresServer } from '../../facts/shadow/server.ts';
import { demoRoot, overlays } from './manifest.ts';
import { type Migration, migrationsOf } from './repository.ts';
import { stretchesOf, withClient } from './script.ts';

/** Versions that are in the repository and, for the defect's sake, not yet in the database. */
function notApplied(): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(join(demoRoot(), 'defects.json'), 'utf8')) as { notApplied: string[] };
  return new Set(manifest.notApplied);
}

/** Database of the demo's server with what its migrations make and nothing else. */
export const MIGRATIONS_ONLY = 'harbor_migrations';

/** Enters a migration in the history, as the Supabase CLI does once it ran. */
export async function markApplied(client: pg.Client, { version, name, sql }: Migration): Promise<void> {
  const { statements, error } = parseScript(sql);
  if (error) throw new Error(`${version}_${name}.sql: ${error.message} (line ${error.line})`);
  await client.query(
    'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
    [version, name, statements.map(({ text }) => text)],
  );
}

async function applyMigration(client: pg.Client, migration: Migration): Promise<void> {
  const { version, name, sql } = migration;
  try {
    await client.query(`begin;\n${sql}`);
    await markApplied(client, migration);
    await client.query('commit');
  } catch (cause) {
    throw new Error(`${version}_${name}.sql: ${(cause as Error).message}`, { cause });
  }
}

async function runScript(server: PostgresServer, database: string, script: string): Promise<void> {
  for (const { role, sql } of stretchesOf(script)) {
    await withClient(server.url(database, role), (client) => client.query(sql));
  }
}

/**
 * Builds Harbor's live database as its history made it: our Supabase baseline, every migration in order with its row in
 * supabase_migrations.schema_migrations, the seed, what customers did since, and (unless `fixed`) what people changed by
 * hand. Statistics are taken at the end. An earlier, half-built database of that name is dropped.
 */
export async function buildLiveDatabase(
  server: PostgresServer,
  database: string,
  files: ReadonlyMap<string, string>,
  fixed: boolean,
): Promise<void> {
  await loadSqlParser();
  const template = await ensureBaseline(server);
  await server.dropDatabase(database);
  await server.createDatabase(database, template);

  const pending = fixed ? new Set<string>() : notApplied();
  const migrations = migrationsOf(files).filter(({ version }) => !pending.has(version));
  await withClient(server.url(database), async (client) => {
    for (const migration of migrations) await applyMigration(client, migration);
  });
  await server.dropDatabase(MIGRATIONS_ONLY);
  await server.createDatabase(MIGRATIONS_ONLY, database);
  await runScript(server, database, files.get('supabase/seed.sql') ?? '');
  await runScript(server, database, readFileSync(join(demoRoot(), 'live/history.sql'), 'utf8'));
  if (!fixed) {
    for (const { name, live } of overlays()) {
      if (live === null) continue;
      await runScript(server, database, live).catch((cause: Error) => {
        throw new Error(`demo/defects/${name}/live.sql: ${cause.message}`, { cause });
      });
    }
  }
  await withClient(server.url(database, 'supabase_admin'), (client) => client.query('analyze'));
}
