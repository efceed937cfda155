// A history of migrations with `psql -f` (a session per file, and one session for all) against our replay without and with
// the recorder of origins, in turn: `npm run bench -- --only replay [--repo PATH]… [--files 300] [--rounds 3]`.
// Each run gets a new copy of the baseline. CPU is that of the client and of the server's sessions (Linux only).
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openRepository } from '../../src/facts/repository/files.ts';
import { findMigrations } from '../../src/facts/repository/migrations/discover.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { writeHistory } from './history.ts';

const run = promisify(execFile);
const args = process.argv.slice(2);
const option = (name: string, otherwise: number) =>
  args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
const rounds = option('--rounds', 3);
const repositories = args.flatMap((arg, index) => (arg === '--repo' ? [args[index + 1] ?? ''] : []));
const CHILD = fileURLToPath(new URL('./replay-once.js', import.meta.url));
/** Clock ticks of /proc/…/stat in a second, on every Linux that Node runs on. */
const TICKS = 100;

type Mode = 'psql -f each' | 'psql -f all' | 'replay' | 'replay + recorder';
const MODES: readonly Mode[] = ['psql -f each', 'psql -f all', 'replay', 'replay + recorder'];

interface Cost {
  wall: number;
  client: number;
  server: number;
  failed: number;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** CPU in ms of a process and of the children it has waited for; NaN where there is no /proc. */
function cpuOf(pid: number | 'self', children: boolean): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = children ? [13, 14] : [11, 12, 13, 14];
    return ticks.reduce((sum, index) => sum + Number(fields[index]), 0) * (1000 / TICKS);
  } catch {
    return Number.NaN;
  }
}

/** Debian's `psql` is a script that takes longer than psql itself. */
function findPsql(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(debian, version, 'bin', 'psql')).find((path) => existsSync(path)) ?? 'psql';
}
const PSQL = findPsql();

/** psql stops at nothing, so that both sides go through the whole history; gives the number of its errors. */
function psql(url: string, files: readonly string[]): number {
  const { stderr, error } = spawnSync(PSQL, ['-X', '-q', '-d', url, ...files.flatMap((file) => ['-f', file])], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
    env: { ...process.env, PGOPTIONS: '-c client_min_messages=warning' },
  });
  if (error) throw error;
  return stderr.match(/\bERROR: /g)?.length ?? 0;
}

async function once(
  mode: Mode,
  root: string,
  files: readonly string[],
  server: PostgresServer,
  postmaster: number,
): Promise<Cost> {
  const database = `bench_${Math.random().toString(36).slice(2)}`;
  await server.createDatabase(database, await ensureBaseline(server));
  try {
    await sleep(200);
    const serverBefore = cpuOf(postmaster, true);
    let cost: Cost;
    if (mode.startsWith('psql')) {
      const before = cpuOf('self', true);
      const started = performance.now();
      const url = server.url(database);
      let failed = 0;
      if (mode === 'psql -f all') failed = psql(url, files);
      else for (const file of files) failed += psql(url, [file]);
      cost = { wall: performance.now() - started, client: cpuOf('self', true) - before, server: 0, failed };
    } else {
      const { stdout } = await run(process.execPath, [
        CHILD,
        server.url(database, 'supabase_admin'),
        server.url(database),
        root,
        mode === 'replay' ? 'unwatched' : 'watched',
      ]);
      cost = JSON.parse(stdout) as Cost;
    }
    // A session's time is its parent's once it has ended.
    await sleep(200);
    return { ...cost, server: cpuOf(postmaster, true) - serverBefore };
  } finally {
    await server.dropDatabase(database);
  }
}

async function compare(name: string, root: string, server: PostgresServer, postmaster: number): Promise<void> {
  const migrations = findMigrations(await openRepository(root, undefined), undefined);
  const files = migrations.files.map(({ path }) => join(root, path));
  const costs = new Map<Mode, Cost[]>(MODES.map((mode) => [mode, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const mode of MODES) {
      const cost = await once(mode, root, files, server, postmaster);
      // The first round fills the caches.
      if (round > 0) costs.get(mode)?.push(cost);
    }
  }
  process.stdout.write(
    `${name}: ${files.length} files, ${rounds} rounds, medians\n                    wall ms  ratio  CPU ms (client + server)  ratio  errors\n`,
  );
  const base = costs.get('psql -f each') ?? [];
  const cpu = ({ client, server }: Cost) => client + server;
  for (const mode of MODES) {
    const own = costs.get(mode) ?? [];
    const paired = (value: (cost: Cost) => number) =>
      median(own.map((cost, round) => value(cost) / value(base[round] ?? cost))).toFixed(2);
    const number = (value: (cost: Cost) => number) => median(own.map(value)).toFixed(0);
    const split = `${number(cpu)} (${number(({ client }) => client)} + ${number(({ server }) => server)})`;
    process.stdout.write(
      `${mode.padEnd(19)} ${number(({ wall }) => wall).padEnd(8)} ${paired(({ wall }) => wall).padEnd(6)} ${split.padEnd(25)} ${paired(cpu).padEnd(6)} ${number(({ failed }) => failed)}\n`,
    );
  }
}

const folder = mkdtempSync(join(tmpdir(), 'supaready-bench-replay-'));
const server = await startServer({ directory: join(folder, 'server'), ephemeral: true });
try {
  const postmaster = Number(readFileSync(join(folder, 'server', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (repositories.length === 0) {
    const root = join(folder, 'generated');
    const migrations = join(root, 'supabase', 'migrations');
    mkdirSync(migrations, { recursive: true });
    for (const { name, sql } of writeHistory(option('--files', 300))) writeFileSync(join(migrations, name), sql);
    await compare('generated', root, server, postmaster);
  }
  for (const repository of repositories) await compare(basename(repository), repository, server, postmaster);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
