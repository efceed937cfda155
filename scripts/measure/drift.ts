import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadSqlParser } from '../../src/core/sql.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';
import { driftBetween } from '../../src/steps/lib/drift/compare.ts';
import { CRON_MUTATIONS, MUTATIONS } from '../../test/drift/mutations.ts';
import {
  applyFix,
  type Base,
  catalogueOf,
  differences,
  lineOf,
  runScript,
  startWorld,
} from '../../test/drift/world.ts';

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

async function table(): Promise<void> {
  const only = option('only');
  const world = await startWorld(option('postgres') ?? undefined);
  const { live, migrations } = world;
  const asked = rivals();
  const clean = await catalogueOf(migrations.url);
  const quiet = await Promise.all(asked.map(({ ask }) => ask(live, migrations)));
  for (const [at, { name }] of asked.entries())
    console.error(
      `${name} on identical databases: ${JSON.stringify(quiet[at]?.text.slice(0, 2000))} ${quiet[at]?.error}`,
    );
  console.log(`| change | supaready |${asked.map(({ name }) => ` ${name} |`).join('')}`);
  console.log(`|---|---|${asked.map(() => '---|').join('')}`);
  const totals = new Array(asked.length + 1).fill(0);
  let count = 0;
  for (const mutation of [...MUTATIONS, ...(world.hasCron ? CRON_MUTATIONS : [])]) {
    if (only !== null && !mutation.name.includes(only)) continue;
    await runScript(live, mutation.sql);
    const found = differences(await catalogueOf(live.url), clean);
    const cells = [found.length > 0 ? '✔' : '✖'];
    for (const [at, { ask }] of asked.entries()) {
      const answer = await ask(live, migrations);
      const isTold = told(answer.text, quiet[at]?.text ?? '');
      cells.push(answer.error && !quiet[at]?.error ? 'error' : isTold ? '✔' : '✖');
      if (only !== null) console.error(answer.text);
    }
    for (const [at, cell] of cells.entries()) if (cell === '✔') totals[at]++;
    count++;
    console.log(`| ${mutation.name} | ${cells.join(' | ')} |`);
    try {
      for (const { fix } of found) await applyFix(live, fix);
      if (differences(await catalogueOf(live.url), clean).length > 0) await world.reset();
    } catch {
      await world.reset();
    }
  }
  console.log(`| **of ${count}** | ${totals.map((total) => `**${total}**`).join(' | ')} |`);
  await world.stop();
}

/** A schema of so many tables of 12 columns, with keys, indexes, policies and triggers. */
function manyTables(count: number): string {
  const statements: string[] = [
    `create function public.touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;`,
  ];
  for (let n = 1; n <= count; n++) {
    statements.push(
      `create table public.t${n} (id bigint generated always as identity primary key, owner uuid not null references auth.users on delete cascade, parent bigint references public.t${Math.max(1, n - 1)}, a text not null default 'a', b varchar(40), c integer check (c > 0), d numeric(10, 2), e boolean default false, f jsonb, g date, created_at timestamptz not null default now(), updated_at timestamptz not null default now());`,
      `create index t${n}_owner on public.t${n} (owner);`,
      `alter table public.t${n} enable row level security;`,
      `create policy own on public.t${n} for all to authenticated using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);`,
      `create trigger touch before update on public.t${n} for each row execute function public.touch();`,
    );
  }
  return statements.join('\n');
}

async function speed(tables: number): Promise<void> {
  const world = await startWorld(option('postgres') ?? undefined);
  const { live, migrations } = world;
  const script = manyTables(tables);
  await runScript(live, script);
  await runScript(migrations, script);
  await runScript(live, `alter table public.t${tables} add column by_hand text; drop policy own on public.t1;`);
  for (const base of [live, migrations]) await runScript(base, '-- as supabase_admin\nanalyze');
  const rounds = 3;
  const best = new Map<string, number>();
  const note = (name: string, ms: number) => best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, ms));
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    const [a, b] = [await catalogueOf(live.url), await catalogueOf(migrations.url)];
    const collected = performance.now();
    const found = differences(a, b);
    const ended = performance.now();
    note('supaready', ended - started);
    note('supaready, comparing only', ended - collected);
    if (found.length !== 2) throw new Error(found.map(lineOf).join('\n'));
    for (const { name, ask } of rivals()) note(name, (await ask(live, migrations)).ms);
  }
  console.log(`${tables} tables of 12 columns, best of ${rounds}:`);
  for (const [name, ms] of best) console.log(`  ${name}: ${Math.round(ms)} ms`);
  await world.stop();
}

/** False alarms between two servers: each repository's migrations on the embedded one and on another. */
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
    const drift = driftBetween(b, a, { regime: 'legacy', shims: [...first.replay.shims, ...second.replay.shims] });
    console.log(
      `${name}: ${Math.floor(a.serverVersionNum / 10000)} and ${Math.floor(b.serverVersionNum / 10000)}, ${drift.objects} objects, ${first.replay.applied.length} files, ${drift.differences.length} differences, failed ${failed(first.replay).length} and ${failed(second.replay).length}, not compared ${drift.incomparable.length}`,
    );
    for (const difference of drift.differences) console.log(`    ${lineOf(difference).slice(0, 400)}`);
    await Promise.all([first.close(), second.close()]);
  }
}

await loadSqlParser();
const folder = option('corpus');
const tables = option('tables');
if (folder !== null) await corpus(folder, option('other') ?? '15');
else if (tables !== null) await speed(Number(tables));
else await table();
