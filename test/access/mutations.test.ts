import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deviationsFrom, ownershipIn, proposeContract } from '../../src/core/access-contract.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { qualified, quoteIdent } from '../../src/core/text.ts';
import { prepareAccess, probeAccess } from '../../src/facts/shadow/access/probe.ts';
import { inCopy } from '../../src/facts/shadow/copy-session.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { contextOn } from '../helpers/shadow-context.ts';
import { observed } from './truth.ts';

/*
 * Every policy of the schemas, those of storage.objects among them, is dropped, set to true, robbed of its WITH CHECK, or
 * made to look at another column; every view asks with the other's rights, loses its condition, or is granted to nobody. The
 * oracle is the same rows and the same statements, tried again once the policy is changed; the product must infer and make
 * everything anew. It must speak (a deviation from the contract of before) exactly where the oracle has changed.
 * A seeded sample of the mutations; ACCESS_MUTATIONS=all tries every one.
 */

const folder = fileURLToPath(new URL('schemas/', import.meta.url));
const SAMPLE = process.env.ACCESS_MUTATIONS === 'all' ? Number.POSITIVE_INFINITY : 14;

interface Mutation {
  file: string;
  name: string;
  sql: string;
}

interface PolicyRow {
  schema: string;
  table: string;
  policy: string;
  command: string;
  using: string | null;
  check: string | null;
  columns: { name: string; type: string }[];
}

/** mulberry32: the same sample in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The expression with the owner's column replaced by another of its type. */
function swapped(row: PolicyRow): string | null {
  const text = row.using ?? row.check ?? '';
  for (const { name, type } of row.columns) {
    // Not a call, and not another table's column of that name.
    const own = new RegExp(`(?<![\\w.]|[\\w]\\.)(${row.table}\\.)?\\b${name}\\b(?![(.\\w])`, 'g');
    if (!own.test(text)) continue;
    const other = row.columns.find(
      (column) => column.name !== name && column.type === type && !text.includes(column.name),
    );
    if (other) return text.replaceAll(own, (_, table: string | undefined) => `${table ?? ''}${quoteIdent(other.name)}`);
  }
  return null;
}

function mutationsOf(file: string, row: PolicyRow): Mutation[] {
  const on = `policy ${quoteIdent(row.policy)} on ${qualified(row.schema, row.table)}`;
  const found: Mutation[] = [];
  const add = (name: string, sql: string) => found.push({ file, name: `${name} “${row.policy}” on ${row.table}`, sql });
  const clauses = (text: string) =>
    [row.command !== 'a' && `using (${text})`, row.command === 'a' || row.check !== null ? `with check (${text})` : '']
      .filter(Boolean)
      .join(' ');
  add('drop', `drop ${on}`);
  add('true', `alter ${on} ${clauses('true')}`);
  if (row.check !== null && row.using !== null) add('no check', `alter ${on} with check (${row.using})`);
  const other = swapped(row);
  if (other !== null) add('swap', `alter ${on} ${clauses(other)}`);
  return found;
}

const POLICIES = `
  select n.nspname as schema, c.relname as table, p.polname as policy, p.polcmd as command,
    pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check,
    (select json_agg(json_build_object('name', a.attname, 'type', a.atttypid::regtype) order by a.attnum)
     from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' or (n.nspname = 'storage' and c.relname = 'objects') order by 2, 3`;

interface ViewRow {
  name: string;
  invoker: boolean;
  definition: string;
}

const VIEWS = `
  select c.relname as name, 'security_invoker=on' = any (coalesce(c.reloptions, '{}')) as invoker,
    pg_get_viewdef(c.oid) as definition
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' order by 1`;

function mutationsOfView(file: string, { name, invoker, definition }: ViewRow): Mutation[] {
  const view = qualified('public', name);
  const mutation = (what: string, sql: string) => ({ file, name: `${what} view ${name}`, sql });
  // pg_get_viewdef puts WHERE on a line of its own, the last but for GROUP BY.
  const open = definition.replace(/\n\s*WHERE [^\n]*/, '');
  const option = invoker ? 'with (security_invoker = on)' : '';
  return [
    mutation(
      invoker ? 'owner’s rights of' : 'caller’s rights of',
      `alter view ${view} set (security_invoker = ${invoker ? 'off' : 'on'})`,
    ),
    mutation('no grant on', `revoke all on ${view} from anon, authenticated`),
    ...(open === definition
      ? []
      : [mutation('no condition of', `create or replace view ${view} ${option} as ${open.replace(/;\s*$/, '')}`)]),
  ];
}

let server: PostgresServer;
beforeAll(async () => {
  await loadSqlParser();
  server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-mutations-')),
    ephemeral: true,
    baseline: true,
  });
});
// Stopping writes what hundreds of databases left.
afterAll(() => server?.stop(), 600_000);

test('a policy or view that is changed is noticed exactly where the change lets in or shuts out', {
  timeout: 1_800_000,
}, async () => {
  const next = random(20261124);
  // Roles belong to the server, and recursion is no access.
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.sql') && !['custom-role.sql', 'recursion.sql'].includes(file),
  );
  const shuffled = files
    .map((file) => ({ file, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ file }) => file);
  const missed: string[] = [];
  const invented: string[] = [];
  let tried = 0;
  let telling = 0;
  for (const [index, file] of shuffled.entries()) {
    if (tried >= SAMPLE) break;
    const script = readFileSync(join(folder, file), 'utf8');
    const context = await contextOn(server, `m${index}`, script);
    const { before, mutants } = await inCopy(context, async (client) => {
      await client.query(`set local search_path = ''`);
      const { rows } = await client.query<PolicyRow>(POLICIES);
      const { rows: views } = await client.query<ViewRow>(VIEWS);
      const all = [
        ...rows.flatMap((row) => mutationsOf(file, row)),
        ...views.flatMap((view) => mutationsOfView(file, view)),
      ];
      const chosen =
        SAMPLE === Number.POSITIVE_INFINITY
          ? all
          : all
              .map((mutation) => ({ mutation, at: next() }))
              .sort((a, b) => a.at - b.at)
              .slice(0, 2)
              .map(({ mutation }) => mutation);
      const probe = await prepareAccess(client, context);
      const base = await probe.matrix();
      const oracle: { mutation: Mutation; changed: boolean }[] = [];
      for (const mutation of chosen) {
        await client.query('savepoint mutation');
        await client.query(mutation.sql);
        const after = observed(await probe.matrix());
        await client.query('rollback to savepoint mutation; release savepoint mutation');
        const was = observed(base);
        oracle.push({
          mutation,
          changed: [...was].some(([key, fields]) => !key.endsWith(' service_role') && after.get(key) !== fields),
        });
      }
      return { before: proposeContract(base), mutants: oracle };
    });
    for (const [at, { mutation, changed }] of mutants.entries()) {
      tried++;
      if (changed) telling++;
      const mutated = await contextOn(server, `m${index}_${at}`, `${script}\n-- as postgres\n${mutation.sql};`);
      const matrix = await probeAccess({ ...mutated, access: ownershipIn(before) });
      const speaks = deviationsFrom(before, matrix).length > 0;
      if (changed && !speaks) missed.push(`${file}: ${mutation.name}`);
      if (!changed && speaks) invented.push(`${file}: ${mutation.name}`);
    }
  }
  if (SAMPLE === Number.POSITIVE_INFINITY) console.log(`${tried} mutations, ${telling} of them change the truth`);
  expect({ missed, invented }).toEqual({ missed: [], invented: [] });
  expect(telling).toBeGreaterThan(5);
});
