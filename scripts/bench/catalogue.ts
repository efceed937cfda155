// Catalogue audit against splinter.sql on the same generated database, in turn, so that the ratio holds on a noisy machine.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { startServer } from '../../src/facts/shadow/server.ts';

const run = promisify(execFile);
const args = process.argv.slice(2);
const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const sizes = (option('--tables') ?? '100,1000,5000').split(',').map(Number);
const splinter = option('--splinter') ?? process.env.SPLINTER_SQL;
const rounds = Number(option('--rounds') ?? 3);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[sorted.length / 2 - 1] ?? Number.NaN)) / 2;
}

/** A schema of `count` tables with 12 columns, a foreign key, an index, RLS and two policies each. */
function schema(from: number, to: number): string {
  const statements: string[] = [];
  for (let index = from; index < to; index++) {
    const columns = Array.from({ length: 7 }, (_, column) => `c${column} text`).join(', ');
    statements.push(
      `create table public.t${index} (id bigint generated always as identity primary key, user_id uuid not null references auth.users(id) on delete cascade, parent_id bigint references public.t${Math.max(0, index - 1)}(id), created_at timestamptz not null default now(), updated_at timestamptz not null default now(), ${columns})`,
      `create index on public.t${index} (user_id)`,
      `alter table public.t${index} enable row level security`,
      `create policy "own rows" on public.t${index} for select to authenticated using ((select auth.uid()) = user_id)`,
      `create policy "own writes" on public.t${index} for update to authenticated using (auth.uid() = user_id)`,
    );
  }
  return statements.join(';\n');
}

async function timeSplinter(url: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set pgrst.db_schemas = 'public'");
    const started = performance.now();
    await client.query(sql);
    return performance.now() - started;
  } finally {
    await client.end();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'supaready-bench-'));
const server = await startServer({ directory: folder, ephemeral: true });
try {
  const template = await ensureBaseline(server);
  const sql = splinter !== undefined && existsSync(splinter) ? readFileSync(splinter, 'utf8') : null;
  if (sql === null) process.stdout.write('splinter.sql was not given (--splinter PATH): its column stays empty\n');
  process.stdout.write(
    'tables  audit ms (collect + checks)   splinter ms   ratio   peak MiB   our CPU ms   findings\n',
  );
  for (const size of sizes) {
    const name = `bench_${size}`;
    await server.createDatabase(name, template);
    const client = new pg.Client({ connectionString: server.url(name, 'postgres') });
    await client.connect();
    for (let from = 0; from < size; from += 250) await client.query(schema(from, Math.min(size, from + 250)));
    await client.query('analyze');
    await client.end();
    const ours: {
      totalMs: number;
      collectMs: number;
      evaluateMs: number;
      cpuMs: number;
      maxRssMiB: number;
      findings: number;
      slowest: unknown;
      facets: unknown;
    }[] = [];
    const theirs: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const { stdout } = await run(
        process.execPath,
        [fileURLToPath(new URL('./audit-once.js', import.meta.url)), server.url(name, 'postgres')],
        { maxBuffer: 1 << 28 },
      );
      const audit = JSON.parse(stdout);
      // splinter's slowest run takes most of a minute: twice is enough there.
      const other =
        sql !== null && round > 0 && theirs.length < (size >= 5000 ? 2 : rounds)
          ? await timeSplinter(server.url(name, 'postgres'), sql)
          : null;
      if (round > 0) ours.push(audit);
      if (other !== null) theirs.push(other);
    }
    const total = median(ours.map((audit) => audit.totalMs));
    const first = ours[0];
    const other = theirs.length > 0 ? median(theirs) : null;
    process.stdout.write(
      `${String(size).padEnd(7)} ${total.toFixed(0).padStart(6)} (${median(ours.map((audit) => audit.collectMs)).toFixed(0)} + ${median(ours.map((audit) => audit.evaluateMs)).toFixed(0)})`.padEnd(
        38,
      ) +
        `${other === null ? '–' : other.toFixed(0)}`.padEnd(14) +
        `${other === null ? '–' : (total / other).toFixed(3)}`.padEnd(8) +
        `${Math.max(...ours.map((audit) => audit.maxRssMiB)).toFixed(0)}`.padEnd(11) +
        `${median(ours.map((audit) => audit.cpuMs)).toFixed(0)}`.padEnd(13) +
        `${first?.findings}\n`,
    );
    process.stdout.write(
      `        slowest checks ${JSON.stringify(first?.slowest)}; slowest facets ${JSON.stringify(first?.facets)}\n`,
    );
    await server.dropDatabase(name);
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
