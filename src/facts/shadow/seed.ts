import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { EXIT, UserError } from '../../core/errors.ts';
import type { Facts } from '../../core/facts.ts';
import { qualified, quoteLiteral } from '../../core/text.ts';
import { readConfig } from '../repository/config-toml.ts';
import { baseName, folderOf, openRepository, type Repository } from '../repository/files.ts';
import { filesOfGlobs, findSeeds } from '../repository/migrations/discover.ts';
import type { ShadowContext } from './collect.ts';
import { applyFile } from './replay-file.ts';
import { openReplaySession, resetSession } from './replay-session.ts';

/** Counting is bounded: a seed that makes more than this takes longer to count than to judge. */
const COUNT_MS = 30_000;

/** What runs as seed, in order: what config.toml says, as the Supabase CLI reads it; else every seed script of the repository. */
function seedsToRun(repository: Repository, tool: string | null): { scripts: string[]; programs: string[] } {
  const config = readConfig(repository);
  const seed = (config?.values.db as { seed?: { enabled?: unknown; sql_paths?: unknown } } | undefined)?.seed;
  if (config && tool !== 'sql' && tool !== 'prisma') {
    if (seed?.enabled === false) return { scripts: [], programs: [] };
    const patterns = Array.isArray(seed?.sql_paths)
      ? seed.sql_paths.filter((path): path is string => typeof path === 'string')
      : ['./seed.sql'];
    const all = [...new Set([...repository.files, ...repository.untracked])];
    const scripts = filesOfGlobs(all, folderOf(config.path), patterns).paths;
    return { scripts: scripts.filter((path) => path.endsWith('.sql')), programs: [] };
  }
  const found = findSeeds(repository, null, null);
  return {
    scripts: found.filter((path) => path.endsWith('.sql')),
    programs: found.filter((path) => !path.endsWith('.sql') && /^seed\.[cm]?[jt]s$/.test(baseName(path))),
  };
}

type Counts = Map<string, { schema: string; table: string; rows: number }>;

/** Rows of every table a seed could write to: the project's own, users, identities and buckets. */
async function countRows(url: string): Promise<Counts> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'supaready',
    options: `-c statement_timeout=${COUNT_MS}`,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ schema: string; table: string }>(`
      select n.nspname as schema, c.relname as table
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
        and (n.nspname !~ '^(pg_|information_schema$)' and n.nspname not in ('auth', 'storage', 'realtime', '_realtime', 'vault', 'extensions', 'supabase_migrations', 'supabase_functions', 'net', 'cron', 'pgsodium', 'graphql', 'graphql_public', 'drizzle')
          or (n.nspname, c.relname) in (('auth', 'users'), ('auth', 'identities'), ('storage', 'buckets'), ('storage', 'objects')))
        and c.relname not in ('_prisma_migrations', '__drizzle_migrations', 'schema_migrations')
      order by 1, 2`);
    const counts: Counts = new Map();
    for (let at = 0; at < tables.length; at += 200) {
      const some = tables.slice(at, at + 200);
      const sql = some
        .map(
          ({ schema, table }, index) => `select ${index} as at, count(*)::int as rows from ${qualified(schema, table)}`,
        )
        .join(' union all ');
      const { rows } = await client.query<{ at: number; rows: number }>(sql);
      for (const row of rows) {
        const name = some[row.at];
        if (name) counts.set(`${quoteLiteral(name.schema)}.${name.table}`, { ...name, rows: row.rows });
      }
    }
    return counts;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Runs the seeds on a copy of the replayed database, and then once more, and counts rows before, between and after. Programs
 * (seed.ts) are named and not run.
 */
export async function seedReplay(context: ShadowContext): Promise<Facts['seedReplay']> {
  const { shadow, root, signal } = context;
  const { tool } = shadow.replay;
  const { scripts, programs } = seedsToRun(await openRepository(root, signal), tool);
  if (scripts.length + programs.length === 0) return null;
  const value: NonNullable<Facts['seedReplay']> = { files: scripts, programs, failures: [], changed: [], rows: 0 };
  if (scripts.length === 0) return value;
  return context.onCopy(async (copy) => {
    const before = await countRows(copy.url);
    const session = await openReplaySession(copy);
    const failed = new Set<string>();
    const runAll = async (run: number) => {
      for (const path of scripts) {
        if (failed.has(path)) continue;
        if (!session.alive()) throw lost();
        await resetSession(session);
        const script = readFileSync(join(root, path), 'utf8').replace(/^\ufeff/, '');
        const { failure } = await applyFile({
          path,
          script,
          psql: tool === 'sql' || tool === null,
          session,
          timeoutMs: shadow.settings?.statementTimeoutMs ?? 60_000,
          signal,
          record: null,
        });
        if (!failure) continue;
        failed.add(path);
        const { line, sqlstate, message, hint } = failure;
        value.failures.push({ path, line, sqlstate, message, hint, run });
      }
    };
    try {
      await runAll(1);
      const first = await countRows(copy.url);
      await runAll(2);
      const second = await countRows(copy.url);
      for (const [key, row] of first) {
        const rows = { before: before.get(key)?.rows ?? 0, first: row.rows, second: second.get(key)?.rows ?? 0 };
        value.rows += Math.max(0, rows.first - rows.before);
        if (rows.first !== rows.second) value.changed.push({ schema: row.schema, table: row.table, ...rows });
      }
      return value;
    } finally {
      await session.end();
    }
  });
}

function lost(): UserError {
  return new UserError(
    'seed-ended-session',
    'a seed ended its own database session',
    'take pg_terminate_backend out of it',
    EXIT.unknown,
  );
}
