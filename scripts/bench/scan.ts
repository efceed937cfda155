// Sampling of one large table, and of 100 smaller ones, against a plain COPY of the same samples to nowhere, in turn:
// `npm run bench -- --only scan [--rows 10000000] [--rounds 9]`.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { sampleSql } from '../../src/facts/postgres/data/sample-sql.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';

const run = promisify(execFile);
const args = process.argv.slice(2);
const option = (name: string, otherwise: number) =>
  args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
const rows = option('--rows', 10_000_000);
const rounds = option('--rounds', 9);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const STEP = 500_000;
const MANY = 100;
const COLUMNS = (['kind', 'note', 'email', 'payload'] as const).map((name) => ({
  name,
  kind: name === 'payload' ? ('json' as const) : ('text' as const),
}));

async function fill(client: pg.Client, table: string, count: number): Promise<void> {
  await client.query(
    `create table public.${table} (id bigint, user_id uuid, kind text, note text, email text, payload jsonb, at timestamptz)`,
  );
  for (let from = 1; from <= count; from += STEP) {
    await client.query(
      `insert into public.${table} select n, md5(n::text)::uuid, 'order.paid', 'parcel ' || n || ' was left with the neighbour', 'c' || n || '@post.kade.nl', jsonb_build_object('order', n, 'ref', md5(n::text)), now() from generate_series(${from}::bigint, ${Math.min(count, from + STEP - 1)}) n`,
    );
  }
}

async function compare(server: PostgresServer, tables: readonly string[], count: number): Promise<void> {
  const database = `bench_scan_${tables.length}`;
  await server.createDatabase(database, await ensureBaseline(server));
  const url = server.url(database, 'postgres');
  const client = new pg.Client({ connectionString: url });
  // Stopping the server after a failure must not hide the failure.
  client.on('error', () => undefined);
  await client.connect();
  for (const table of tables) await fill(client, table, count);
  await client.query('analyze');
  const copies: string[] = [];
  let all = 0;
  for (const table of tables) {
    const { rows: sizes } = await client.query<{ blocks: string }>(
      `select pg_relation_size($1::regclass) / current_setting('block_size')::int as blocks`,
      [`public.${table}`],
    );
    const blocks = Number(sizes[0]?.blocks);
    all += blocks;
    copies.push(`copy (${sampleSql({ schema: 'public', table, blocks }, COLUMNS)}) to stdout`);
  }
  await client.end();
  const child = fileURLToPath(new URL('./scan-once.js', import.meta.url));
  const { stdout } = await run(process.execPath, [child, url, JSON.stringify(copies), String(rounds)], {
    maxBuffer: 1 << 26,
  });
  const result = JSON.parse(stdout) as Record<'scanMs' | 'copyMs' | 'clientMs', number[]> & {
    rows: number;
    maxRssMiB: number;
  };
  const ratio = median(result.scanMs.map((ms, round) => ms / (result.copyMs[round] ?? ms)));
  const cells: [string | number, number][] = [
    [tables.length, 7],
    [count, 10],
    [all, 8],
    [result.rows, 8],
    [median(result.scanMs).toFixed(1), 8],
    [median(result.copyMs).toFixed(1), 8],
    [ratio.toFixed(2), 6],
    [median(result.clientMs).toFixed(1), 14],
    [result.maxRssMiB.toFixed(0), 0],
  ];
  process.stdout.write(`${cells.map(([text, width]) => String(text).padEnd(width)).join(' ')}\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'supaready-bench-scan-'));
const server = await startServer({ directory: folder, ephemeral: true });
try {
  process.stdout.write('tables  rows each  blocks   sampled  scan ms  COPY ms  ratio  scan CPU ms    peak MiB\n');
  await compare(server, ['events'], rows);
  await compare(
    server,
    Array.from({ length: MANY }, (_, at) => `events_${at}`),
    20_000,
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
