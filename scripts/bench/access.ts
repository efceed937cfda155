// The access matrix over a schema of 200 tables: `npm run bench -- --only access`. Target: ≤ 60 s on two cores.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadSqlParser } from '../../src/core/sql.ts';
import { prepareAccess } from '../../src/facts/shadow/access/probe.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { startServer } from '../../src/facts/shadow/server.ts';

const TABLES = 198;

/** Teams with members, and tables of both owner and tenant, each with a foreign key, checks and two policies. */
function schema(): string {
  const statements = [
    'create table public.teams (id uuid primary key default gen_random_uuid(), name text)',
    'create table public.team_members (team_id uuid not null references public.teams, user_id uuid not null references auth.users, primary key (team_id, user_id))',
  ];
  for (let n = 0; n < TABLES; n++) {
    const parent = n === 0 ? '' : `references public.t${n % 7 === 0 ? n - 1 : 0}`;
    statements.push(
      `create table public.t${n} (id bigint generated always as identity primary key, team_id uuid not null references public.teams, user_id uuid not null references auth.users, parent_id bigint ${parent}, title text not null check (length(title) > 2), state text not null default 'draft' check (state in ('draft', 'sent')), amount numeric)`,
      `alter table public.t${n} enable row level security`,
      `create policy "read" on public.t${n} for select to authenticated using (team_id in (select m.team_id from public.team_members m where m.user_id = (select auth.uid())))`,
      `create policy "write" on public.t${n} for all to authenticated using (user_id = (select auth.uid()))`,
    );
  }
  // A ninth persona: a session that has expired, where a policy asks; an eighth: a role of the project's own.
  statements.push(
    `create policy "while it lasts" on public.t1 as restrictive for select to authenticated using (to_timestamp((auth.jwt() ->> 'exp')::bigint) > now())`,
    'create role reporter nologin',
    'grant reporter to authenticator',
    'grant usage on schema public to reporter',
    'grant select on all tables in schema public to reporter',
  );
  return statements.join(';\n');
}

await loadSqlParser();
const folder = mkdtempSync(join(tmpdir(), 'supaready-bench-access-'));
const server = await startServer({ directory: folder, ephemeral: true, baseline: true });
try {
  await server.createDatabase('bench_access', await ensureBaseline(server));
  const own = new pg.Client({ connectionString: server.url('bench_access') });
  await own.connect();
  await own.query(schema());
  await own.end();
  const client = new pg.Client({ connectionString: server.url('bench_access', 'supabase_admin') });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  const context = {} as Parameters<typeof prepareAccess>[1];
  const started = performance.now();
  const probe = await prepareAccess(client, context);
  const prepared = performance.now();
  const matrix = await probe.matrix();
  const ended = performance.now();
  await client.end();
  const tried = matrix.relations
    .flatMap(({ cells }) => cells.map(({ outcome, personas }) => (outcome === 'not-tried' ? 0 : personas.length)))
    .reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `tables  personas  cells    rows ms  cells ms\n${String(matrix.relations.length).padEnd(7)} ${String(matrix.personas.length).padEnd(9)} ${String(tried).padEnd(8)} ${(prepared - started).toFixed(0).padEnd(8)} ${(ended - prepared).toFixed(0)}\n`,
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
