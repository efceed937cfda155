// Drift between two databases against `supabase db diff --from --to` on the same two, each in a process of its own and in turn:
//   npm run bench -- --only drift --supabase PATH/supabase [--tables 1000] [--rounds 3]
// The CLI is installed elsewhere (npm install supabase), never as a dependency.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runScript, startWorld } from '../../test/drift/world.ts';

const run = promisify(execFile);
const args = process.argv.slice(2);
const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const supabase = option('--supabase');
const rounds = Number(option('--rounds') ?? 3);
const sizes = (option('--tables') ?? '1000').split(',').map(Number);

/** A schema of so many tables of 12 columns, with keys, indexes, policies and triggers. */
function manyTables(count: number): string {
  const statements: string[] = [
    `create function public.bench_touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;`,
  ];
  for (let n = 1; n <= count; n++) {
    statements.push(
      `create table public.t${n} (id bigint generated always as identity primary key, owner uuid not null references auth.users on delete cascade, parent bigint references public.t${Math.max(1, n - 1)}, a text not null default 'a', b varchar(40), c integer check (c > 0), d numeric(10, 2), e boolean default false, f jsonb, g date, created_at timestamptz not null default now(), updated_at timestamptz not null default now());`,
      `create index t${n}_owner on public.t${n} (owner);`,
      `alter table public.t${n} enable row level security;`,
      `create policy own on public.t${n} for all to authenticated using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);`,
      `create trigger touch before update on public.t${n} for each row execute function public.bench_touch();`,
    );
  }
  return statements.join('\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function timed(command: string, parameters: string[]): Promise<{ ms: number; stdout: string }> {
  const started = performance.now();
  const env = { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const { stdout } = await run(command, parameters, { maxBuffer: 1 << 28, env });
  return { ms: performance.now() - started, stdout };
}

if (supabase === undefined)
  process.stdout.write('no Supabase CLI was given (--supabase PATH): its column stays empty\n');
process.stdout.write('tables  drift ms   db diff ms   ratio   peak MiB   differences\n');
for (const size of sizes) {
  const world = await startWorld();
  const { live, migrations } = world;
  try {
    const script = manyTables(size);
    for (const base of [live, migrations]) await runScript(base, script);
    await runScript(live, `alter table public.t${size} add column by_hand text; drop policy own on public.t1;`);
    for (const base of [live, migrations]) await runScript(base, '-- as supabase_admin\nanalyze');
    const once = fileURLToPath(new URL('./drift-once.js', import.meta.url));
    const ours: number[] = [];
    const theirs: number[] = [];
    let last = { differences: 0, maxRssMiB: 0 };
    for (let round = 0; round < rounds; round++) {
      const own = await timed(process.execPath, [once, live.url, migrations.url]);
      ours.push(own.ms);
      last = JSON.parse(own.stdout) as typeof last;
      if (supabase !== undefined) {
        const diff = ['db', 'diff', '--from', migrations.adminUrl, '--to', live.adminUrl];
        theirs.push((await timed(supabase, diff)).ms);
      }
    }
    const [own, other] = [median(ours), theirs.length > 0 ? median(theirs) : null];
    process.stdout.write(
      `${String(size).padEnd(7)} ${own.toFixed(0).padEnd(10)} ${(other?.toFixed(0) ?? '–').padEnd(12)} ${(other === null ? '–' : (own / other).toFixed(3)).padEnd(7)} ${last.maxRssMiB.toFixed(0).padEnd(10)} ${last.differences}\n`,
    );
  } finally {
    await world.stop();
  }
}
