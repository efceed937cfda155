// Child of scan.ts: samples public.events as an audit does, and copies the same sample, in turn; times and peak memory as JSON.
import pg from 'pg';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { ScanLink } from '../../src/facts/postgres/data/link.ts';
import { sampleColumns } from '../../src/facts/postgres/data/samples.ts';
import { planOf } from '../../src/facts/postgres/data/tables.ts';

const [url = '', copy = '', rounds = '9'] = process.argv.slice(2);
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
async function copied(): Promise<number> {
  const started = performance.now();
  await client.query('begin isolation level repeatable read read only');
  const query = new pg.Query(copy);
  Object.assign(query, { handleCopyData: () => undefined });
  await new Promise<void>((resolve, reject) => {
    query.on('end', () => resolve());
    query.on('error', reject);
    client.query(query);
  });
  await client.query('commit');
  return performance.now() - started;
}

const scanMs: number[] = [];
const copyMs: number[] = [];
let rows = 0;
for (let round = 0; round <= Number(rounds); round++) {
  const started = performance.now();
  const { value } = await sampleColumns({
    ask: link.ask,
    link,
    plan,
    options: { url, names: [], catalogue, previousCounts: null },
  });
  const scan = performance.now() - started;
  const other = await copied();
  rows = value.tables.find(({ table }) => table === 'events')?.rows ?? 0;
  // The first round fills the server's cache.
  if (round === 0) continue;
  scanMs.push(scan);
  copyMs.push(other);
}
await link.close();
await client.end();
process.stdout.write(JSON.stringify({ scanMs, copyMs, rows, maxRssMiB: process.resourceUsage().maxRSS / 1024 }));
