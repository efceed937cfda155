import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';
import { loadSqlParser } from '../../core/sql.ts';
import { openRepository, type Repository } from '../repository/files.ts';
import {
  findMigrations,
  type MigrationFile,
  type Migrations,
  type MigrationTool,
} from '../repository/migrations/discover.ts';
import { hasSections, type Section, upScript } from '../repository/migrations/sections.ts';
import { autoExpose, type GrantsRegime, regimeSql, regimesOf } from './grants-regime.ts';
import { OriginRecorder, type RecordedOrigins } from './origins/recorder.ts';
import { applyFile, type FileOptions, type ReplayFailure } from './replay-file.ts';
import { openReplaySession, resetSession } from './replay-session.ts';
import type { PostgresServer } from './server.ts';
import { LIST_SHIMS } from './statement-plan.ts';

export interface ReplayOptions {
  server: Pick<PostgresServer, 'url'>;
  /** Made from the baseline's template; users `postgres` and `supabase_admin` of server.url must be able to connect. */
  database: string;
  /** The repository. */
  root: string;
  /** The migrations' folder, relative to root; found unless given. */
  migrations?: string;
  /** Default grants of what is made in schema public: by each file's time stamp unless said otherwise (grants-regime.ts). */
  grants?: 'auto' | GrantsRegime;
  signal?: AbortSignal;
  /** Before each file. */
  onFile?(path: string, done: number, total: number): void;
  /** Go on with the next file after a failure; off unless set, as with the Supabase CLI. */
  keepGoing?: boolean;
  /** Per statement, 60 s unless set. */
  statementTimeoutMs?: number;
  /** Paths of files to leave out. */
  skip?: ReadonlySet<string>;
  /** Leave out who made what (origins/recorder.ts), which a second replay need not know again. */
  unwatched?: boolean;
}

export interface ReplayResult {
  tool: MigrationTool | null;
  /** Relative to root; null when no migrations were found. */
  directory: string | null;
  applied: { path: string; statements: number; ms: number }[];
  failures: ReplayFailure[];
  /** Extensions in use that this machine lacks: only their signatures are there. */
  shims: string[];
  /** Extensions that the migrations use and none creates: enabled in the dashboard, it seems. */
  assumed: string[];
  regime: GrantsRegime | 'mixed';
  /** Which statement gave every object its present state; null where the server does not let us watch. */
  origins: RecordedOrigins | null;
}

/** A script as UTF-16 takes at most 512 MB. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

const PRISMA_TABLE = `create table if not exists public._prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null, logs text,
  rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0
)`;
const DRIZZLE_TABLE = `create schema if not exists drizzle;
create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;

/** What the tool itself makes before its first migration. */
const PREPARE: Readonly<Record<MigrationTool, string | null>> = {
  supabase: null,
  prisma: PRISMA_TABLE,
  drizzle: DRIZZLE_TABLE,
  sql: null,
};

/** What the tool writes down with each migration. */
function recordOf(tool: MigrationTool, file: MigrationFile, script: string): FileOptions['record'] {
  const digest = createHash('sha256').update(script).digest('hex');
  if (tool === 'supabase' && file.version !== null) {
    const sql =
      'insert into supabase_migrations.schema_migrations (version, name) values ($1, $2) on conflict (version) do nothing';
    return { sql, values: [file.version, file.name] };
  }
  if (tool === 'prisma') {
    const sql = `insert into public._prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
      values (gen_random_uuid()::text, $1, now(), $2, 1)`;
    return { sql, values: [digest, file.fileName] };
  }
  if (tool === 'drizzle')
    return {
      sql: 'insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)',
      values: [digest, file.when ?? Date.now()],
    };
  return null;
}

/** When each migration was written, as 14 digits; null where neither its name nor a journal says. */
function timeStamps({ files }: Migrations): (string | null)[] {
  return files.map(({ fileName, when }) => {
    const digits = /^20\d{12}/.exec(fileName)?.[0];
    if (digits) return digits;
    return when === null ? null : new Date(when).toISOString().replace(/\D/g, '').slice(0, 14);
  });
}

function configOf({ directory }: Migrations, repository: Repository): string | null {
  if (directory === null) return null;
  const path = posix.join(posix.dirname(directory), 'config.toml');
  return repository.files.includes(path) || repository.untracked.includes(path) ? path : null;
}

function serverGone(error: unknown): never {
  throw new UserError(
    'shadow-server-gone',
    'the server of the shadow database ended during the replay',
    'look at the migration it stopped at, and try again',
    EXIT.unknown,
    error as Error,
  );
}

/** A migration as its tool runs it; null when it is too large to be held as one text. */
function readScript(path: string, tool: MigrationTool): (Section & { file: string; psql: boolean }) | null {
  if (statSync(path).size > MAX_FILE_BYTES) return null;
  const file = readFileSync(path, 'utf8');
  return { ...upScript(file, tool), file, psql: tool === 'sql' && !hasSections(file) && !path.endsWith('.up.sql') };
}

/**
 * Replays a repository's migrations (Supabase CLI, Prisma, Drizzle, or a folder of SQL files, found by the repository
 * collector's rules) into a database of the baseline, logged in as role `postgres`, which is no superuser: errors of ownership
 * show as they would on hosted Supabase. The session is like new for each file. Stops at the first failing file, which is rolled
 * back; `keepGoing` goes on and marks later failures as possibly consequent.
 * Rejects when the connection breaks or the signal aborts; a failing migration is a result.
 */
export async function replayMigrations(options: ReplayOptions): Promise<ReplayResult> {
  const { server, database, root, signal } = options;
  await loadSqlParser();
  const repository = await openRepository(root, signal);
  const migrations = findMigrations(repository, options.migrations);
  const { tool, directory, files } = migrations;
  const exposed = autoExpose(root, configOf(migrations, repository));
  const stamps = files.length > 0 ? timeStamps(migrations) : [null];
  const regimes = regimesOf(stamps, options.grants ?? 'auto', exposed);
  const result: ReplayResult = {
    tool,
    directory,
    applied: [],
    failures: [],
    shims: [],
    assumed: [],
    regime: regimes[0] ?? 'legacy',
    origins: null,
  };

  const target = { url: server.url(database), adminUrl: server.url(database, 'supabase_admin') };
  let session = await openReplaySession(target);
  /** A statement may end its own session: the next file gets a new one. */
  const newSession = async () => {
    if (!session.alive()) {
      await session.end();
      session = await openReplaySession(target).catch(serverGone);
    }
    await resetSession(session);
  };
  try {
    const recorder =
      session.admin && tool !== null && options.unwatched !== true
        ? await OriginRecorder.install(await session.admin.client())
        : null;
    await newSession();
    let regime: GrantsRegime = 'legacy';
    const enter = async (wanted: GrantsRegime) => {
      if (wanted !== regime) await session.client.query(regimeSql(wanted));
      regime = wanted;
    };
    await enter(regimes[0] ?? 'legacy');
    const prepare = tool === null ? null : PREPARE[tool];
    if (prepare !== null) await session.client.query(prepare);

    const roles = directory === null ? null : posix.join(posix.dirname(directory), 'roles.sql');
    const queue: { path: string; file: MigrationFile | null; regime: GrantsRegime }[] = files.map((file, index) => ({
      path: file.path,
      file,
      regime: regimes[index] ?? 'legacy',
    }));
    // The Supabase CLI runs roles.sql before the first migration.
    if (tool === 'supabase' && roles !== null && existsSync(join(root, roles)))
      queue.unshift({ path: roles, file: null, regime: regimes[0] ?? 'legacy' });

    for (const [done, { path, file, regime: wanted }] of queue.entries()) {
      signal?.throwIfAborted();
      options.onFile?.(path, done, queue.length);
      if (tool === null) break;
      if (options.skip?.has(path)) continue;
      await newSession();
      await enter(wanted);
      if (wanted !== result.regime) result.regime = 'mixed';
      const script = readScript(join(root, path), tool);
      if (script === null) {
        result.failures.push({
          path,
          line: 1,
          sqlstate: '54000',
          message: 'the file is larger than 256 MB',
          hint: 'Move its rows to a seed file',
          consequent: false,
        });
        break;
      }
      const started = performance.now();
      recorder?.startFile(path);
      const applied = await applyFile({
        path,
        mark: recorder ? (text, line) => recorder.mark(text, line) : undefined,
        script: script.text,
        psql: script.psql,
        transaction: script.transaction,
        session,
        timeoutMs: options.statementTimeoutMs ?? 60_000,
        signal,
        record: file === null ? null : recordOf(tool, file, script.file),
      });
      result.assumed.push(...applied.assumed);
      if (applied.failure) {
        result.failures.push({ ...applied.failure, consequent: result.failures.length > 0 });
        if (!options.keepGoing) break;
      } else {
        result.applied.push({ path, statements: applied.statements, ms: Math.round(performance.now() - started) });
      }
    }
    await newSession();
    if (recorder && session.admin) result.origins = await recorder.finish(await session.admin.client());
    const { rows } = await session.client.query<{ name: string }>(LIST_SHIMS);
    result.shims = rows.map(({ name }) => name);
    return result;
  } finally {
    await session.end();
  }
}
