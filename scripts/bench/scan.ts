// Sampling of one large table against a plain COPY of the same sample to nowhere, in turn: `npm run bench -- --only scan [--rows 10000000]`.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { sampleSql } from '../../src/facts/postgres/data/sample-sql.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { startServer } from '../../src/facts/shadow/server.ts';

const run = promisify(execFile);
const args = process.argv.slice(2);
const option = (name: string, otherwise: number) =>
  args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
const rows = option('--rows', 10_000_000);
const rounds = option('--rounds', 9);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), 'supaready-bench-scan-'));
const server = await startServer({ directory: folder, ephemeral: true });
try {
  await server.createDatabase('bench_scan', await ensureBaseline(server));
  const url = server.url('bench_scan', 'postgres');
  const client = new pg.Client({ connectionString: url });
  // Stopping the server after a failure must not hide the failure.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    'create table public.events (id bigint, user_id uuid, kind text, note text, email text, payload jsonb, at timestamptz)',
  );
  const step = 500_000;
  for (let from = 1; from <= rows; from += step) {
    await client.query(
      `insert into public.events select n, md5(n::text)::uuid, 'order.paid', 'parcel ' || n || ' was left with the neighbour', 'c' || n || '@post.kade.nl', jsonb_build_object('order', n, 'ref', md5(n::text)), now() from generate_series(${from}::bigint, ${Math.min(rows, from + step - 1)}) n`,
    );
  }
  await client.query('analyze');
  const { rows: sizes } = await client.query<{ blocks: string }>(
    `select pg_relation_size('public.events') / current_setting('block_size')::int as blocks`,
  );
  const blocks = Number(sizes[0]?.blocks);
  const columns = (['kind', 'note', 'email', 'payload'] as const).map((name) => ({
    name,
    kind: name === 'payload' ? ('json' as const) : ('text' as const),
  }));
  const copy = `copy (${sampleSql({ schema: 'public', table: 'events', blocks }, columns)}) to stdout`;
  const child = fileURLToPath(new URL('./scan-once.js', import.meta.url));
  const { stdout } = await run(process.execPath, [child, url, copy, String(rounds)], { maxBuffer: 1 << 26 });
  const result = JSON.parse(stdout) as { scanMs: number[]; copyMs: number[]; rows: number; maxRssMiB: number };
  const scan = median(result.scanMs);
  const plain = median(result.copyMs);
  process.stdout.write(
    `rows       blocks   sampled  scan ms  COPY ms  ratio  peak MiB\n${String(rows).padEnd(10)} ${String(blocks).padEnd(8)} ${String(result.rows).padEnd(8)} ${scan.toFixed(1).padEnd(8)} ${plain.toFixed(1).padEnd(8)} ${(scan / plain).toFixed(2).padEnd(6)} ${result.maxRssMiB.toFixed(0)}\n`,
  );
  await client.end();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
