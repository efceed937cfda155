import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { acquireLock } from '../../src/state/lock.ts';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase, isolatedDatabase } from '../helpers/database.ts';

async function database(sql = 'create table public.notes (id bigint primary key)') {
  const fresh = await freshDatabase();
  onTestFinished(() => fresh.drop());
  if (sql !== '') await fresh.sql(sql);
  return fresh;
}

/** A failure must name its cause and the next step on stderr, print nothing on stdout, and never a password. */
function expectRefusal(
  result: { code: number | null; stdout: string; stderr: string },
  code: number,
  cause: RegExp,
): void {
  expect(result.stderr).toMatch(cause);
  expect(result.stderr).toMatch(/→ \S/);
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
}

describe('databases that cannot be audited', () => {
  test('unreachable host', async () => {
    const result = await runCli(['check', '--db-url', 'postgres://postgres:s3cret-pass@127.0.0.1:1/postgres']);
    expectRefusal(result, 3, /127\.0\.0\.1:1/);
    expect(result.stderr).not.toContain('s3cret-pass');
  });

  test('no connection string', async () => {
    expectRefusal(await runCli(['check', '--db-url', 'hunter2-not-a-url']), 2, /no PostgreSQL connection string/);
    expect((await runCli(['check', '--db-url', 'hunter2-not-a-url'])).stderr).not.toContain('hunter2');
  });

  test('nothing to audit given', async () => {
    expectRefusal(await runCli(['check']), 2, /nothing says which database/);
  });

  test('an empty database', async () => {
    const { url } = await database('');
    expectRefusal(await runCli(['check', '--db-url', url]), 3, /holds no tables or views of yours/);
  });

  test('a database that is no Supabase project', async () => {
    const { adminUrl } = await database();
    expectRefusal(
      await runCli(['check', '--db-url', adminUrl.replace(/\/[^/]*$/, '/template1')]),
      3,
      /no table auth\.users/,
    );
  });

  test('a role without rights still gives a truthful answer, never green', async () => {
    // Roles belong to the whole server: this test has one of its own, so that no other test sees the role.
    const closed = await isolatedDatabase();
    onTestFinished(() => closed.drop());
    await closed.sql(
      '-- as supabase_admin\ncreate table public.notes (id bigint primary key); create role nobody_much login',
    );
    const named = new URL(closed.url);
    named.username = 'nobody_much';
    const result = await runCli(['check', '--db-url', named.href, '--format', 'json', '--no-save']);
    expect(result.code).toBe(1);
    const report = JSON.parse(result.stdout);
    expect(report.gate.decision).toBe('blocked');
    const unanswered = report.checkpoints
      .flatMap((one: { checks: { status: string; reason: string | null }[] }) => one.checks)
      .filter((check: { status: string }) => ['skipped', 'error'].includes(check.status));
    expect(unanswered.length).toBeGreaterThan(0);
    for (const check of unanswered) expect(check.reason).toBeTruthy();
  });
});

describe('configuration', () => {
  const write = (text: string) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'supaready.config.json'), text);
    return folder;
  };

  test('unknown key: key, file and line', async () => {
    const cwd = write('{\n  "project": "x",\n  "polcy": {}\n}\n');
    expectRefusal(await runCli(['check'], { cwd }), 2, /supaready\.config\.json:3: unknown key “polcy”/);
  });

  test('literal secret: refused, not repeated', async () => {
    const cwd = write(
      '{\n  "environments": {\n    "production": {\n      "kind": "production",\n      "database": "postgres://postgres:topsecret@db/x"\n    }\n  }\n}\n',
    );
    const result = await runCli(['check'], { cwd });
    expectRefusal(result, 2, /supaready\.config\.json:5: “environments\.production\.database” must be a reference/);
    expect(result.stderr).not.toContain('topsecret');
  });

  test('missing environment variable', async () => {
    const cwd = write('{"environments":{"production":{"kind":"production","database":"env:NO_SUCH_VARIABLE_HERE"}}}');
    expectRefusal(await runCli(['check'], { cwd }), 2, /NO_SUCH_VARIABLE_HERE, which is not set/);
  });

  test('not JSON, and a key twice', async () => {
    expectRefusal(
      await runCli(['check'], { cwd: write('{\n"project": }') }),
      2,
      /supaready\.config\.json:2: not valid JSON/,
    );
    expectRefusal(await runCli(['check'], { cwd: write('{"project":"a","project":"b"}') }), 2, /stands twice/);
  });
});

describe('usage', () => {
  test('no terminal: the wizard draws nothing and says what to use', async () => {
    expectRefusal(await runCli([]), 2, /needs a terminal/);
    expectRefusal(await runCli(['demo']), 2, /needs a terminal/);
  });

  test('unknown selector, command, option and id', async () => {
    expectRefusal(
      await runCli(['check', 'no-such-check', '--db-url', 'postgres://x/y']),
      2,
      /is no section, checkpoint or check/,
    );
    expect((await runCli(['frobnicate'])).code).toBe(2);
    expect((await runCli(['check', '--frobnicate'])).code).toBe(2);
    expectRefusal(await runCli(['explain', 'no-such-check']), 2, /no check and no checkpoint/);
  });

  test('missing answers are listed instead of asked for', async () => {
    const { url } = await database();
    const state = temporaryFolder();
    await runCli(['check', '1.3', '--db-url', url, '--state-dir', state]);
    const result = await runCli(['attest', '1.1', '--state-dir', state]);
    expectRefusal(result, 2, /these are missing: .*--answer/);
  });
});

describe('state', () => {
  test('a place that cannot be written to', async () => {
    const { url } = await database();
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    const result = await runCli(['check', '1.3', '--db-url', url, '--state-dir', file]);
    expectRefusal(result, 3, /./);
  });

  test('two terminals on one audit: the second is told who holds it', async () => {
    const { url } = await database();
    const state = temporaryFolder();
    await runCli(['check', '1.3', '--db-url', url, '--state-dir', state]);
    const audits = join(state, '.supaready/audits');
    const lock = acquireLock(join(audits, readdirSync(audits)[0] ?? ''), 'wizard');
    onTestFinished(() => lock.release());
    const result = await runCli(['check', '1.3', '--db-url', url, '--state-dir', state]);
    expectRefusal(result, 2, new RegExp(`process ${process.pid}`));
  });

  test('a journal from a newer version is refused and left as it is', async () => {
    const { url } = await database();
    const state = temporaryFolder();
    await runCli(['check', '1.3', '--db-url', url, '--state-dir', state]);
    const audits = join(state, '.supaready/audits');
    const file = join(audits, readdirSync(audits)[0] ?? '', 'journal.jsonl');
    const newer = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify({ ...JSON.parse(line), v: 99 }))
      .join('\n');
    writeFileSync(file, `${newer}\n`);
    expectRefusal(await runCli(['status', '--state-dir', state]), 3, /99/);
    expect(readFileSync(file, 'utf8')).toBe(`${newer}\n`);
  });
});

test('hostile names reach neither terminal nor JSON contract raw', async () => {
  const names = [
    'with space',
    'quo"te',
    "apo'strophe",
    '🚀 launch',
    'עברית',
    '\u001b[31mred',
    'x'.repeat(63),
    'semi;colon',
    '../../etc',
  ];
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const { url } = await database(
    names.map((name) => `create table public.${quoted(name)} (${quoted(name)} text)`).join(';\n'),
  );
  await (await database('create table public.nothing ()')).sql('select 1');
  const table = await runCli(['check', '--db-url', url, '--no-save']);
  expect(table.stdout).not.toContain('\u001b');
  expect(table.stdout).toContain('\\x1b[31mred');
  const json = await runCli(['check', '--db-url', url, '--no-save', '--format', 'json']);
  const report = JSON.parse(json.stdout);
  const schema = JSON.parse(readFileSync(new URL('../../schemas/check.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  const seen = new Set(report.matrix.map((row: { table: string }) => row.table));
  for (const name of names) expect(seen).toContain(name);
  const markdown = await runCli(['check', '--db-url', url, '--no-save', '--format', 'markdown']);
  expect(markdown.stdout).not.toContain('\u001b');
});

test('a table without columns is audited like any other', async () => {
  const { url } = await database('create table public.nothing ()');
  const { stdout } = await runCli(['check', '2', '4', '--db-url', url, '--no-save', '--format', 'json']);
  const report = JSON.parse(stdout);
  expect(
    report.checkpoints
      .flatMap((one: { checks: { status: string }[] }) => one.checks)
      .filter((check: { status: string }) => check.status === 'error'),
  ).toEqual([]);
});
