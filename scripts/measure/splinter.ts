import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from '../../src/commands/demo/script.ts';
import type { CheckResult, Finding } from '../../src/core/finding.ts';
import { describeObject } from '../../src/core/object.ts';
import { loadSqlParser, parseScript } from '../../src/core/sql.ts';
import { quoteLiteral } from '../../src/core/text.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { runScript } from '../../test/drift/world.ts';
import { audit, CHECKS } from '../../test/parity/audit.ts';
import { GAPS } from '../../test/parity/gaps.ts';

const option = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? null : (process.argv[at + 1] ?? null);
};
const verbose = process.argv.includes('--verbose');
const folder = option('splinter');
if (folder === null) {
  console.error(
    'usage: compare-splinter --splinter FOLDER [--only NAME] [--corpus FOLDER] [--postgres FOLDER] [--verbose]',
  );
  process.exit(2);
}
const SPLINTER = readFileSync(join(folder, 'splinter.sql'), 'utf8');
const only = option('only');

/** One finding of splinter. */
interface Row {
  name: string;
  detail: string;
  metadata: { schema?: string; name?: string; bucket_id?: string; policy_name?: string };
}

/** Why a finding of splinter's is none of ours, on purpose: CATALOGUE.md A. The first that fits counts. */
const REASONS: readonly (readonly [lint: RegExp, reason: string, fits: (row: Row, seen: Seen) => boolean])[] = [
  [
    /^unused_index$/,
    'not judged below 1 MB or with statistics younger than 30 days: every new index is unused',
    (_row, { results }) => results.get('unused-index')?.status !== 'fail',
  ],
  [
    /^unindexed_foreign_keys$/,
    'an index on the same columns in another order serves the key as well',
    (_row, { results }) => results.get('unindexed-foreign-keys')?.status === 'pass',
  ],
  [
    /^auth_users_exposed$/,
    'a security-invoker view: API roles have no right on auth.users, so that reading it fails',
    ({ metadata }, { invokers }) => invokers.has(`${metadata.schema}.${metadata.name}`),
  ],
  [
    /_security_definer_function_executable$/,
    'a trigger function: nobody can call it',
    ({ metadata }, { triggers }) => triggers.has(`${metadata.schema}.${metadata.name}`),
  ],
  [
    /^rls_policy_always_true$/,
    'a policy without an expression lets nothing pass: reported as policy-empty',
    (row, { findings }) => findings.some((finding) => finding.check === 'policy-empty' && speaksOf(finding, row)),
  ],
];

/** What the reasons are told by. */
interface Seen {
  results: ReadonlyMap<string, CheckResult>;
  findings: readonly Finding[];
  /** Views that ask with the caller's rights, and functions of triggers, by name. */
  invokers: ReadonlySet<string>;
  triggers: ReadonlySet<string>;
}

async function namesOf(url: string, sql: string): Promise<Set<string>> {
  const { rows } = await withClient(url, (client) => client.query<{ name: string }>(sql));
  return new Set(rows.map(({ name }) => name));
}

async function splinterOf(url: string, schemas: string | null): Promise<Row[]> {
  return withClient(url, async (client) => {
    if (schemas !== null) await client.query(`set pgrst.db_schemas = ${quoteLiteral(schemas)}`);
    const answers = (await client.query(SPLINTER)) as unknown as pg.QueryResult<Row>[] | pg.QueryResult<Row>;
    return [answers].flat().flatMap(({ rows }) => rows);
  });
}

const ALIASES = new Map<string, string[]>();
for (const { id, aliases } of CHECKS)
  for (const alias of aliases ?? []) ALIASES.set(alias, [...(ALIASES.get(alias) ?? []), id]);

/** True where the finding speaks of what the row names: the object itself, its table or its bucket, or of all at once. */
function speaksOf({ object, message, detail }: Finding, { name, detail: said, metadata }: Row): boolean {
  if (object.kind === 'role') return name.split('_').includes(object.name);
  const named = metadata.policy_name ?? metadata.bucket_id ?? metadata.name;
  if (object.schema !== null && metadata.schema !== undefined && object.schema !== metadata.schema) return false;
  if (named !== undefined && [object.name, object.table].includes(named)) return true;
  if (named !== undefined && `${message} ${detail ?? ''}`.includes(named)) return true;
  return said.includes(object.name);
}

interface Count {
  theirs: number;
  ours: number;
  both: number;
  reasons: Map<string, number>;
}
const counts = new Map<string, Count>();
const countOf = (lint: string) => {
  const known = counts.get(lint) ?? { theirs: 0, ours: 0, both: 0, reasons: new Map() };
  counts.set(lint, known);
  return known;
};
let missed = 0;

async function compare(place: string, url: string, schemas: string): Promise<void> {
  const rows = await splinterOf(url, schemas);
  const results = await audit(url);
  const findings = [...results.values()].flatMap((result) => result.findings);
  const invokers = await namesOf(
    url,
    `select relnamespace::regnamespace || '.' || relname as name from pg_class
      where relkind = 'v' and 'security_invoker=on' = any (reloptions)`,
  );
  const triggers = await namesOf(
    url,
    `select pronamespace::regnamespace || '.' || proname as name from pg_proc where prorettype = 'trigger'::regtype`,
  );
  const matched = new Set<Finding>();
  for (const row of rows) {
    const count = countOf(row.name);
    count.theirs++;
    const checks = ALIASES.get(row.name) ?? [];
    const same = findings.filter((finding) => checks.includes(finding.check) && speaksOf(finding, row));
    for (const finding of same) matched.add(finding);
    if (same.length > 0) {
      count.both++;
      continue;
    }
    const seen = { results, findings, invokers, triggers };
    const reason = REASONS.find(([lint, , fits]) => lint.test(row.name) && fits(row, seen))?.[1];
    if (verbose && reason !== undefined) console.error(`only theirs  ${place}: ${row.name}: ${row.detail}: ${reason}`);
    if (reason === undefined) {
      missed++;
      const status = checks.map((id) => `${id} ${results.get(id)?.status} ${results.get(id)?.reason ?? ''}`).join(', ');
      console.error(`ONLY THEIRS  ${place}: ${row.name}: ${row.detail} [${status}]`);
    }
    count.reasons.set(reason ?? 'MISSED', (count.reasons.get(reason ?? 'MISSED') ?? 0) + 1);
  }
  for (const finding of findings) {
    const lints = [...ALIASES].filter(([, ids]) => ids.includes(finding.check)).map(([alias]) => alias);
    const lint = lints.find((alias) => alias.split('_').includes(finding.object.name)) ?? lints[0];
    if (lint === undefined || lint.includes('-')) continue;
    countOf(lint).ours++;
    if (verbose && !matched.has(finding))
      console.error(`only ours  ${place}: ${finding.check}: ${describeObject(finding.object)}: ${finding.message}`);
  }
}

const server: PostgresServer = await startServer({
  directory: mkdtempSync(join(tmpdir(), 'supaready-parity-')),
  ephemeral: true,
  ...(option('postgres') !== null && { binaries: option('postgres') ?? '' }),
});
const template = await ensureBaseline(server);

/**
 * What splinter's fixtures take for granted: a user's name is unique, row level security is off on auth.users, every new table
 * may be read by everybody. Their own stand-ins for platform tables are refused: our baseline has the real ones.
 */
const PRELUDE = `-- as supabase_admin
alter table auth.users add column username text unique;
alter table auth.users disable row level security;
alter default privileges in schema public grant select on tables to public;
`;

interface State {
  statements: string[];
  schemas: string;
}

/** The states of the database at which a fixture asks the linter, with what was rolled back left out. */
function statesOf(script: string): State[] {
  const { statements, error } = parseScript(script);
  if (error) throw new Error(error.message);
  const states: State[] = [];
  const saved = new Map<string, State>();
  let now: State = { statements: [], schemas: 'public' };
  for (const { text, node } of statements) {
    const kind = Object.keys(node)[0];
    const transaction = 'TransactionStmt' in node ? node.TransactionStmt : undefined;
    const variable = 'VariableSetStmt' in node ? node.VariableSetStmt : undefined;
    if (transaction) {
      if (transaction.kind === 'TRANS_STMT_SAVEPOINT') saved.set(transaction.savepoint_name ?? '', now);
      if (transaction.kind === 'TRANS_STMT_ROLLBACK_TO') now = saved.get(transaction.savepoint_name ?? '') ?? now;
    } else if (variable?.name === 'pgrst.db_schemas') {
      now = { ...now, schemas: /'([^']*)'/.exec(text)?.[1] ?? '' };
    } else {
      if (kind === 'SelectStmt' && text.includes('lint.')) states.push(now);
      else now = { ...now, statements: [...now.statements, text] };
    }
  }
  return states.filter((state, at) => JSON.stringify(state) !== JSON.stringify(states[at - 1]));
}

let databases = 0;
async function withDatabase(use: (base: { url: string; adminUrl: string }) => Promise<void>): Promise<void> {
  const name = `parity_${databases++}`;
  await server.createDatabase(name, template);
  await use({ url: server.url(name), adminUrl: server.url(name, 'supabase_admin') });
  await server.dropDatabase(name);
}

const refused = new Map<string, number>();
async function fixtures(): Promise<void> {
  for (const file of readdirSync(join(folder ?? '', 'test/sql')).sort()) {
    if (only !== null && !file.includes(only)) continue;
    const states = statesOf(readFileSync(join(folder ?? '', 'test/sql', file), 'utf8'));
    for (const [at, { statements, schemas }] of states.entries()) {
      await withDatabase(async (base) => {
        await runScript(base, PRELUDE);
        const settle = `alter role authenticator in database ${new URL(base.url).pathname.slice(1)} set pgrst.db_schemas = ${quoteLiteral(schemas === '' ? '' : `${schemas}, graphql_public`)}`;
        await withClient(base.adminUrl, async (client) => {
          await client.query(settle);
          for (const text of statements) {
            await client.query(text).catch((error: Error) => {
              refused.set(error.message, (refused.get(error.message) ?? 0) + 1);
            });
          }
        });
        await compare(`${file} #${at + 1}`, base.adminUrl, schemas);
      });
    }
    console.error(`${file}: ${states.length} states`);
  }
}

/** The gaps that test/parity holds us to: splinter must err on each as is written there. */
async function gaps(): Promise<void> {
  for (const { lint, flaw, splinter, sql, object, exposureInSession } of GAPS) {
    await withDatabase(async (base) => {
      await runScript(base, sql.replace(/^ +/gm, ''));
      const rows = await splinterOf(base.adminUrl, exposureInSession === false ? null : 'public,pgmq_public');
      const says = rows.some((row) => row.name === lint);
      const errs = says === (splinter === 'false alarm');
      if (!errs) missed++;
      console.error(`${errs ? 'gap' : 'NO GAP'}  ${lint}: ${flaw} (${object})`);
    });
  }
}

/** Repositories of a folder, their migrations replayed; totals alone are published. */
async function corpus(root: string): Promise<void> {
  for (const name of readdirSync(root).sort()) {
    if (only !== null && !name.includes(only)) continue;
    const replayed = await prepareFromMigrations({ root: join(root, name), keepGoing: true });
    const before = missed;
    await compare(name, replayed.url, 'public');
    console.error(
      `${name}: ${replayed.replay.failures.length} failures of replay, ${missed - before} findings only theirs`,
    );
    await replayed.close();
  }
}

await loadSqlParser();
const root = option('corpus');
if (root === null) {
  await fixtures();
  await gaps();
} else await corpus(root);
for (const [message, times] of refused) console.error(`refused ${times}×: ${message}`);
console.log('| lint | splinter | ours | both | only splinter, because |\n|---|---|---|---|---|');
const total = { theirs: 0, ours: 0, both: 0 };
for (const [lint, { theirs, ours, both, reasons }] of [...counts].sort()) {
  total.theirs += theirs;
  total.ours += ours;
  total.both += both;
  const because = [...reasons].map(([reason, times]) => `${times}: ${reason}`).join('; ');
  console.log(`| ${lint} | ${theirs} | ${ours} | ${both} | ${because} |`);
}
console.log(`| **all** | **${total.theirs}** | **${total.ours}** | **${total.both}** | |`);
await server.stop();
process.exitCode = missed > 0 ? 1 : 0;
