// Child of scan.ts: samples every table as an audit does, and copies the same samples, in turn; times and peak memory as JSON.
import pg from 'pg';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { ScanLink } from '../../src/facts/postgres/data/link.ts';
import { sampleColumns } from '../../src/facts/postgres/data/samples.ts';
import { planOf } from '../../src/facts/postgres/data/tables.ts';

const [url = '', copies = '[]', rounds = '9'] = process.argv.slice(2);
const statements = JSON.parse(copies) as string[];
const catalogue = await collectCatalogue({
  url,
  names: ['database', 'relations', 'columns', 'constraints', 'tableStats'],
});
const plan = planOf(catalogue);
if ('missing' in plan) throw new Error(plan.missing);
const link = await ScanLink.open(url, undefined);
const client = new pg.Client({ connectionString: url });
await client.connect();

/** COPY TO STDOUT over the same driver; what arrives is let go. */
async function copied(copy: string): Promise<void> {
  await client.query('begin isolation level repeatable read read only');
  const query = new pg.Query(copy);
  Object.assign(query, { handleCopyData: () => undefined });
  await new Promise<void>((resolve, reject) => {
    query.on('end', () => resolve());
    query.on('error', reject);
    client.query(query);
  });
  await client.query('commit');
}

const scanMs: number[] = [];
const copyMs: number[] = [];
const clientMs: number[] = [];
let rows = 0;
for (let round = 0; round <= Number(rounds); round++) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const { value } = await sampleColumns({
    ask: link.ask,
    link,
    plan,
    options: { url, names: [], catalogue, previousCounts: null },
  });
  const scanned = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  for (const statement of statements) await copied(statement);
  const ended = performance.now();
  rows = value.tables.reduce((sum, table) => sum + table.rows, 0);
  // The first round fills the server's cache.
  if (round === 0) continue;
  scanMs.push(scanned - started);
  copyMs.push(ended - scanned);
  clientMs.push((user + system) / 1000);
}
await link.close();
await client.end();
process.stdout.write(
  JSON.stringify({ scanMs, copyMs, clientMs, rows, maxRssMiB: process.resourceUsage().maxRSS / 1024 }),
);
