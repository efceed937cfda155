import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadSqlParser } from '../../src/core/sql.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';
import { driftBetween } from '../../src/steps/lib/drift/compare.ts';
import type { Difference } from '../../src/steps/lib/drift/model.ts';
import { CRON_MUTATIONS, MUTATIONS, type Mutation } from '../../test/drift/mutations.ts';
import { type Base, catalogueOf, differences, lineOf, runScript, startWorld } from '../../test/drift/world.ts';

const run = promisify(execFile);
const option = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? null : (process.argv[at + 1] ?? null);
};
const BUFFER = 256 * 1024 * 1024;

/** What a rival says of two databases: its output, and how long it took; `error` where it gave up. */
type Rival = (live: Base, migrations: Base) => Promise<{ text: string; ms: number; error: boolean }>;

async function timed(command: string, args: string[]): Promise<{ text: string; ms: number; error: boolean }> {
  const started = performance.now();
  const { text, error } = await run(command, args, {
    maxBuffer: BUFFER,
    env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  }).then(
    ({ stdout }) => ({ text: stdout, error: false }),
    (cause: { stdout?: string; stderr?: string }) => ({
      text: `${cause.stdout ?? ''}${cause.stderr ?? ''}`,
      error: true,
    }),
  );
  return { text, error, ms: performance.now() - started };
}

function rivals(): { name: string; ask: Rival }[] {
  const supabase = option('supabase');
  const pgdelta = option('pgdelta');
  return [
    ...(supabase === null
      ? []
      : [
          {
            name: 'supabase db diff',
            ask: (live: Base, migrations: Base) =>
              timed(supabase, ['db', 'diff', '--from', migrations.adminUrl, '--to', live.adminUrl]),
          },
        ]),
    ...(pgdelta === null
      ? []
      : [
          {
            name: 'pg-delta',
            ask: (live: Base, migrations: Base) =>
              timed(pgdelta, [
                'diff',
                '--source',
                migrations.adminUrl,
                '--desired',
                live.adminUrl,
                '--profile',
                'supabase',
              ]),
          },
        ]),
  ];
}

/** Output without what it says of identical databases too. */
function told(text: string, quiet: string): boolean {
  const lines = new Set(quiet.split('\n'));
  return text.split('\n').some((line) => line.trim() !== '' && !lines.has(line));
}

/** What a change is counted under: the kind of the first object told, or what of it is another question than its shape. */
function kindOf([first]: readonly Difference[]): string {
  if (first === undefined) return 'not found';
  if (first.aspect === 'grants') return 'grants';
  if (first.aspect === 'comment') return 'comment';
  if (first.object.schema === 'storage' && first.object.kind !== 'bucket') return 'storage, realtime and auth';
  return ['auth', 'realtime'].includes(first.object.schema ?? '') ? 'storage, realtime and auth' : first.object.kind;
}

interface Count {
  changes: number;
  found: number[];
}

function row(label: string, { changes, found }: Count): string {
  return `| ${label} | ${changes} | ${found.join(' | ')} |`;
}

/** Shares no factor with the number of changes, so that each is met once. */
const STRIDE = 71;

/** Totals per kind of change on stdout, each change on stderr. */
async function table(): Promise<void> {
  const only = option('only');
  const world = await startWorld(option('postgres') ?? undefined);
  const { live, migrations } = world;
  const asked = rivals();
  let clean = await catalogueOf(migrations.url);
  const quiet = await Promise.all(asked.map(({ ask }) => ask(live, migrations)));
  const identical = differences(await catalogueOf(live.url), clean).length;
  console.error(`identical databases: ${identical} differences`);
  for (const [at, { name }] of asked.entries())
    console.error(
      `${name} on identical databases: ${JSON.stringify(quiet[at]?.text.slice(0, 2000))} ${quiet[at]?.error}`,
    );
  const counts = new Map<string, Count>();
  const total: Count = { changes: 0, found: new Array(asked.length + 1).fill(0) };
  const [part = 0, parts = 1] = (option('part') ?? '0/1').split('/').map(Number);
  const from = Number(option('from') ?? 0);
  const all = [...MUTATIONS, ...(world.hasCron ? CRON_MUTATIONS : [])];
  for (const place of all.keys()) {
    // Kinds mixed, so that what a run that is stopped has counted is a sample.
    const mutation = all[(place * STRIDE) % all.length] as Mutation;
    if (only !== null && !only.split(',').some((name) => mutation.name.includes(name))) continue;
    if (place % parts !== part || place < from) continue;
    await runScript(live, mutation.sql);
    const found = differences(await catalogueOf(live.url), clean);
    const cells = [found.length > 0 ? '✔' : '✖'];
    const answers = await Promise.all(asked.map(({ ask }) => ask(live, migrations)));
    for (const [at, answer] of answers.entries()) {
      const isTold = told(answer.text, quiet[at]?.text ?? '');
      cells.push(answer.error && !quiet[at]?.error ? 'error' : isTold ? '✔' : '✖');
      if (only !== null) console.error(answer.text);
    }
    const kind = kindOf(found);
    const own = counts.get(kind) ?? { changes: 0, found: new Array(asked.length + 1).fill(0) };
    counts.set(kind, own);
    for (const count of [own, total]) {
      count.changes++;
      for (const [at, cell] of cells.entries()) if (cell === '✔') count.found[at] = (count.found[at] ?? 0) + 1;
    }
    console.error(`${kind}: ${mutation.name}: ${cells.join(' ')}`);
    // Anew, since what our own fix leaves (the order of columns) is a difference to others.
    await world.reset();
    // Roles stay: they belong to the server, and are the same for both databases then.
    clean = await catalogueOf(migrations.url);
  }
  console.log(`| kind of change | changes | supaready |${asked.map(({ name }) => ` ${name} |`).join('')}`);
  console.log(`|---|---|---|${asked.map(() => '---|').join('')}`);
  for (const [kind, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(row(kind, count));
  console.log(row('**all**', total));
  await world.stop();
}

/** False alarms: each repository's migrations replayed on the embedded major version and on another or again on the same, compared both ways. */
async function corpus(folder: string, other: string): Promise<void> {
  for (const name of readdirSync(folder).sort()) {
    const root = join(folder, name);
    const options = { root, keepGoing: true };
    const first = await prepareFromMigrations({ ...options, major: 17 });
    if (first.replay.applied.length === 0) {
      await first.close();
      continue;
    }
    const second = await prepareFromMigrations({ ...options, major: Number(other) });
    const [a, b] = [await catalogueOf(first.url), await catalogueOf(second.url)];
    const failed = (replay: typeof first.replay) => replay.failures.map(({ path }) => path);
    const replay = { regime: 'legacy', shims: [...first.replay.shims, ...second.replay.shims] } as const;
    const drift = driftBetween(b, a, replay);
    const reverse = driftBetween(a, b, replay).differences.length;
    console.log(
      `${name}: ${Math.floor(a.serverVersionNum / 10000)} and ${Math.floor(b.serverVersionNum / 10000)}, ${drift.objects} objects, ${first.replay.applied.length} files, ${drift.differences.length} and ${reverse} differences, failed ${failed(first.replay).length} and ${failed(second.replay).length}, not compared ${drift.incomparable.length}`,
    );
    for (const difference of drift.differences) console.log(`    ${lineOf(difference).slice(0, 400)}`);
    await Promise.all([first.close(), second.close()]);
  }
}

await loadSqlParser();
const folder = option('corpus');
if (folder !== null) await corpus(folder, option('other') ?? '15');
else await table();
