// Runs `supaready check --from-migrations` over the repositories of a folder and holds the findings against a list of what is
// known to be true of them. Neither the repositories nor the list are part of this project: both are named on the command line.
//
//   npm run corpus -- --corpus DIR --truths FILE [--only NAME] [--keep DIR] [--json]
//
// Each folder of DIR is one repository, at the commit the list names. --keep DIR saves each result and reuses it.
// Exit code: 0 when every truth is found and every trap silent, 1 when not, 3 when a repository could not be audited.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string' },
    truths: { type: 'string' },
    only: { type: 'string' },
    keep: { type: 'string' },
    cli: { type: 'string', default: `${root}dist/cli.js` },
    json: { type: 'boolean', default: false },
  },
});
if (!options.corpus || !options.truths) {
  process.stderr.write('usage: npm run corpus -- --corpus DIR --truths FILE [--only NAME] [--keep DIR] [--json]\n');
  process.exit(2);
}

/** Checks that can bear out a truth, by what its words speak of; the first row that fits counts. */
const RULES = [
  [/typed|types|\btype file/, ['types-drift']],
  [/search_path/, ['function-search-path-mutable']],
  [/does not (run|compile)/, ['fn-references-missing', 'plpgsql-check', 'sql-fn-compiles']],
  [/leaked key/, ['secret-in-git', 'key-in-db-code', 'service-key-in-client', 'config-literal-secret']],
  [/fixture user/, ['fixtures-in-migrations', 'test-users']],
  [/replay failure/, ['migration-replay']],
  [/directUrl/, ['serverless-direct']],
  [/verify_jwt/, ['fn-verify-jwt']],
  [/policies, RLS never enabled/, ['policy-exists-rls-disabled']],
  [/RLS off/, ['rls-all-privileges']],
  [/bucket used/, ['bucket-drift', 'code-object-missing', 'infra-versioned']],
  [/code uses/, ['code-object-missing']],
  [/unindexed/, ['unindexed-foreign-keys']],
  [/definer function executable/, ['anon-security-definer-function-executable', 'secdef-review']],
  [/upload/, ['storage-policies', 'policy-check-true', 'rls-policy-always-true', 'public-bucket-allows-listing']],
  [
    /anon may|everyone may|any signed-in|always true|check \(true\)|policy for/,
    [
      'policy-check-true',
      'rls-policy-always-true',
      'policy-any-authenticated',
      'policy-column-escalation',
      'sensitive-columns-exposed',
    ],
  ],
];
const NUMBERS = { two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twelve: 12 };
const RANK = { info: 0, low: 1, medium: 2, high: 3, blocker: 4 };

function checksFor(what) {
  // A truth may be named by the lint that users know: its first word.
  const lint = /^[a-z]+(_[a-z]+)+/.exec(what)?.[0];
  if (lint) return [lint.replaceAll('_', '-')];
  return RULES.find(([words]) => words.test(what))?.[1] ?? [];
}

function audit(folder) {
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      [options.cli, 'check', '--from-migrations', '--repo', folder, '--no-save', '--format', 'json'],
      { stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir() },
    );
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err = (err + text).slice(-2000);
    });
    child.on('close', (code) => {
      try {
        done({ code, report: JSON.parse(out) });
      } catch {
        done({ code, report: null, error: err.trim().split('\n').at(-1) ?? 'no output' });
      }
    });
  });
}

function speaksOf(finding, truth) {
  const { object, message, detail, location } = finding;
  const text = `${message} ${detail ?? ''}`;
  const names = [object.name, object.table, object.column];
  const has = (word) =>
    names.includes(word) || new RegExp(`(^|[^A-Za-z0-9_])${escaped(word)}([^A-Za-z0-9_]|$)`).test(text);
  if (truth.object && !has(truth.object)) return false;
  if (truth.bucket && !has(truth.bucket)) return false;
  const role = /policy for (\w+)/.exec(truth.what)?.[1];
  if (role && !has(role) && !object.name.includes(role)) return false;
  if (truth.file && !`${location?.file ?? ''} ${object.name}`.includes(truth.file)) return false;
  return true;
}

function escaped(word) {
  return word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function judge(truth, report) {
  const wanted = checksFor(truth.what);
  const ran = report.checkpoints.flatMap(({ checks }) => checks).filter(({ id }) => wanted.includes(id));
  if (ran.length === 0) return { verdict: 'not built', by: wanted.join(', ') || 'no rule of this script' };
  const least = /at high/.test(truth.what) ? 'high' : /at medium/.test(truth.what) ? 'medium' : 'info';
  const findings = report.findings.filter(
    (finding) => wanted.includes(finding.check) && RANK[finding.severity] >= RANK[least] && speaksOf(finding, truth),
  );
  const missing = (truth.columns ?? []).filter(
    (column) =>
      !findings.some(
        ({ object, message, detail }) =>
          [object.column, object.name].includes(column) || `${message} ${detail ?? ''}`.includes(column),
      ),
  );
  const [first = ''] = truth.what.split(' ');
  const count = NUMBERS[first.toLowerCase()] ?? (/^\d+$/.test(first) ? Number(first) : 1);
  const found = findings.length >= count && missing.length === 0;
  const by = [...new Set(findings.map(({ check, severity }) => `${check} ${severity}`))].join(', ');
  const unsure = ran.filter(({ status }) => status === 'skipped' || status === 'error');
  if (truth.expect === 'absent') {
    if (findings.length > 0) return { verdict: 'NOT SILENT', by };
    return { verdict: 'silent', by: unsure.map(({ id, status }) => `${id} ${status}`).join(', ') };
  }
  if (found) return { verdict: 'found', by };
  const why = [
    findings.length > 0 && findings.length < count ? `${findings.length} of ${count}` : '',
    missing.length > 0 ? `without ${missing.join(', ')}` : '',
    ...unsure.map(({ id, status, reason }) => `${id} ${status}: ${reason}`),
  ];
  return { verdict: 'NOT FOUND', by: why.filter(Boolean).join('; ') || ran.map(({ id }) => id).join(', ') };
}

const truths = JSON.parse(readFileSync(options.truths, 'utf8'));
const listed = new Map(truths.map((entry) => [entry.repo.split('/').at(-1), entry]));
const kept = options.keep ?? mkdtempSync(join(tmpdir(), 'supaready-corpus-'));
mkdirSync(kept, { recursive: true });
const rows = [];
const audits = [];
for (const name of readdirSync(options.corpus).sort()) {
  if (options.only && name !== options.only) continue;
  const file = join(kept, `${name}.json`);
  const started = performance.now();
  let result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  if (!result) {
    result = await audit(join(options.corpus, name, listed.get(name)?.root ?? '.'));
    result.ms = Math.round(performance.now() - started);
    writeFileSync(file, JSON.stringify(result));
  }
  const { report } = result;
  const bySeverity = Object.fromEntries(
    Object.keys(RANK).map((level) => [
      level,
      report?.findings.filter(({ severity }) => severity === level).length ?? 0,
    ]),
  );
  const located = report?.findings.filter(({ location }) => location !== null).length ?? 0;
  audits.push({ name, ms: result.ms, exit: result.code, error: result.error ?? null, ...bySeverity, located });
  process.stderr.write(`${name}: ${result.error ?? `${report.findings.length} findings in ${result.ms} ms`}\n`);
  for (const truth of listed.get(name)?.truths ?? []) {
    const outcome = report ? judge(truth, report) : { verdict: 'not audited', by: result.error };
    rows.push({ repository: name, ...truth, ...outcome });
  }
}
if (!options.keep) rmSync(kept, { recursive: true, force: true });

if (options.json) process.stdout.write(`${JSON.stringify({ audits, rows }, null, 1)}\n`);
else {
  for (const row of rows) {
    const subject = [row.object, row.columns?.join(', '), row.bucket, row.file].filter(Boolean).join(' · ');
    process.stdout.write(
      `${row.verdict.padEnd(11)} ${row.section}  ${row.repository.padEnd(30)} ${row.what}${subject ? ` [${subject}]` : ''}${row.by ? `  ← ${row.by}` : ''}\n`,
    );
  }
  process.stdout.write('\n');
  for (const { name, ms, exit, error, located, ...counts } of audits) {
    const levels = Object.entries(counts).map(([level, count]) => `${count} ${level}`);
    process.stdout.write(
      `${name.padEnd(32)} exit ${exit}  ${ms} ms  ${error ?? `${levels.join(', ')}; ${located} with file and line`}\n`,
    );
  }
}
const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
const wrong = count('NOT FOUND') + count('NOT SILENT');
process.stdout.write(
  `\n${count('found')} found, ${count('NOT FOUND')} not found, ${count('silent')} traps silent, ${count('NOT SILENT')} not, ${count('not built')} need a check that is not built\n`,
);
process.exit(audits.some(({ error }) => error !== null) ? 3 : wrong > 0 ? 1 : 0);
