import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';

const LEAKY = `
  create table public.notes (id bigint generated always as identity primary key, owner uuid not null references auth.users(id) on delete cascade, body text, created_at timestamptz not null default now());
  create table public.tags (id bigint generated always as identity primary key, note_id bigint not null, label text);
  grant select on public.tags to anon;
`;

async function leaky() {
  const fresh = await freshDatabase();
  onTestFinished(() => fresh.drop());
  await fresh.sql(LEAKY);
  const state = temporaryFolder();
  return { ...fresh, state, args: ['--db-url', fresh.url, '--state-dir', state] };
}

describe('check', () => {
  test('finds, exits 1, and is stable: two runs over the same database give identical findings', async () => {
    const { args } = await leaky();
    const first = await runCli(['check', '4.1', ...args, '--format', 'json']);
    const second = await runCli(['check', '4.1', ...args, '--format', 'json']);
    expect(first.code).toBe(1);
    const [a, b] = [JSON.parse(first.stdout), JSON.parse(second.stdout)];
    expect(a.findings.length).toBeGreaterThan(0);
    expect(b.findings).toEqual(a.findings);
    expect(b.auditId).toBe(a.auditId);
    expect(a.findings.flatMap((finding: { aliases: string[] }) => finding.aliases)).toContain('rls_disabled_in_public');
  });

  test('exit 0 when the checks asked for hold, after the fix that `fix` prints', async () => {
    const { args, state, sql } = await leaky();
    const { stdout } = await runCli(['check', 'rls-all-privileges', ...args, '--format', 'json']);
    for (const { fingerprint } of JSON.parse(stdout).findings) {
      const fix = await runCli(['fix', fingerprint, '--state-dir', state]);
      expect(fix.code).toBe(0);
      await sql(fix.stdout);
    }
    const again = await runCli(['check', 'rls-all-privileges', ...args]);
    expect(again.stdout).toContain('rls-all-privileges');
    expect(again.code).toBe(0);
  });

  test('--no-save leaves nothing behind', async () => {
    const { url } = await leaky();
    const cwd = temporaryFolder();
    await runCli(['check', '1.3', '--db-url', url, '--no-save'], { cwd });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('progress and prompts never reach stdout', async () => {
    const { args } = await leaky();
    const { stdout } = await runCli(['check', '2', ...args, '--format', 'json']);
    expect(() => JSON.parse(stdout)).not.toThrow();
  });
});

/** Files below a folder that hold a text. */
function holding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

describe('people', () => {
  test('a waiver, its revocation and an attestation survive, and a locked section takes none', async () => {
    const { args, state } = await leaky();
    const here = ['--state-dir', state, '--by', 'Ada Lovelace <ada@harbor.shop>'];
    const { stdout } = await runCli(['check', ...args, '--format', 'json']);
    const blocker = JSON.parse(stdout).findings.find(
      (finding: { severity: string }) => finding.severity === 'blocker' || finding.severity === 'high',
    );
    const waive = await runCli([
      'waive',
      blocker.fingerprint.slice(0, 12),
      '--reason',
      'r',
      '--risk',
      'k',
      '--compensating',
      'c',
      '--owner',
      'Ada',
      '--days',
      '30',
      ...here,
    ]);
    expect(waive).toMatchObject({ code: 0 });
    const tooLong = await runCli([
      'waive',
      blocker.fingerprint.slice(0, 12),
      '--reason',
      'r',
      '--risk',
      'k',
      '--compensating',
      'c',
      '--owner',
      'Ada',
      '--days',
      '91',
      ...here,
    ]);
    expect(tooLong.code).toBe(2);
    const status = JSON.parse((await runCli(['status', '--format', 'json', '--state-dir', state])).stdout);
    expect(
      status.findings.find((finding: { fingerprint: string }) => finding.fingerprint === blocker.fingerprint).state,
    ).toBe('waived');
    const text = (await runCli(['status', '--state-dir', state])).stdout;
    const id = /(wv-[0-9a-f]+)/.exec(text)?.[1] ?? '';
    expect(await runCli(['revoke', id, '--reason', 'changed our mind', ...here])).toMatchObject({ code: 0 });
    const after = JSON.parse((await runCli(['status', '--format', 'json', '--state-dir', state])).stdout);
    expect(
      after.findings.find((finding: { fingerprint: string }) => finding.fingerprint === blocker.fingerprint).state,
    ).toBe('open');
    const locked = await runCli(['attest', '4.1', '--status', 'passed', '--answer', 'yes', ...here]);
    expect(locked).toMatchObject({ code: 2 });
    expect(locked.stderr).toContain('section 4 opens when');
  });

  test('an attestation in place of a skipped check needs evidence, and its secrets are masked before they are stored', async () => {
    const { args, state } = await leaky();
    const { stdout } = await runCli(['check', '1', ...args, '--format', 'json']);
    const checkpoint = JSON.parse(stdout).checkpoints.find((one: { checks: { status: string }[] }) =>
      one.checks.some((check) => check.status === 'skipped'),
    );
    const skipped = checkpoint.checks.find((check: { status: string }) => check.status === 'skipped');
    const here = ['--state-dir', state, '--by', 'Ada Lovelace <ada@harbor.shop>', '--answer', 'looked at by hand'];
    const bare = await runCli(['attest', checkpoint.id, '--covers', skipped.id, ...here]);
    expect(bare).toMatchObject({ code: 2 });
    const evidence = join(temporaryFolder(), 'evidence.txt');
    const secret = `sb_${'secret'}_${'a1B2c3D4'.repeat(4)}`;
    writeFileSync(evidence, `key ${secret}\n`);
    expect(
      await runCli(['attest', checkpoint.id, '--covers', skipped.id, '--evidence', evidence, ...here]),
    ).toMatchObject({ code: 0 });
    expect(holding(state, secret)).toEqual([]);
    expect(holding(state, '[REDACTED:')).not.toEqual([]);
  });
});

describe('bundle', () => {
  test('coreutils accept it, verify replays it, and every kind of tampering is noticed', async () => {
    const { args, state } = await leaky();
    await runCli(['check', ...args]);
    const out = temporaryFolder();
    const bundle = await runCli(['bundle', '--state-dir', state, '--out', out]);
    expect(bundle.code).toBe(0);
    const path = bundle.stdout.trim();
    const verified = await runCli(['verify', path, '--format', 'json']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ tier: 'REPLAYED', problems: [], notReplayed: [] });
    expect(verified.code).toBe(0);
    expect((await runCli(['verify', path, '--require-ready'])).code).toBe(1);

    execFileSync('tar', ['xf', path, '-C', out]);
    const folder = join(out, readdirSync(out).find((name) => !name.endsWith('.tar')) ?? '');
    execFileSync('sha256sum', ['-c', '--strict', '--quiet', 'tagmanifest-sha256.txt'], { cwd: folder });
    execFileSync('sha256sum', ['-c', '--strict', '--quiet', 'manifest-sha256.txt'], { cwd: folder });

    const tampered = async (code: string, change: (copy: string) => void) => {
      const copy = join(temporaryFolder(), 'bundle');
      cpSync(folder, copy, { recursive: true });
      change(copy);
      const result = await runCli(['verify', copy, '--format', 'json']);
      expect(result.code).toBe(1);
      expect(JSON.parse(result.stdout).problems.map((problem: { code: string }) => problem.code)).toContain(code);
    };
    const rehash = (copy: string) => {
      const lines = execFileSync('sh', ['-c', 'find data -type f | LC_ALL=C sort | xargs sha256sum'], {
        cwd: copy,
        encoding: 'utf8',
      });
      writeFileSync(join(copy, 'manifest-sha256.txt'), lines);
      const bytes = execFileSync(
        'sh',
        ['-c', "find data -type f -printf '%s\\n' | awk '{s+=$1;n++} END {printf \"%d.%d\", s, n}'"],
        { cwd: copy, encoding: 'utf8' },
      );
      const info = readFileSync(join(copy, 'bag-info.txt'), 'utf8').replace(
        /^Payload-Oxum: .*$/m,
        `Payload-Oxum: ${bytes}`,
      );
      writeFileSync(join(copy, 'bag-info.txt'), info);
      writeFileSync(
        join(copy, 'tagmanifest-sha256.txt'),
        execFileSync('sha256sum', ['README.txt', 'bag-info.txt', 'bagit.txt', 'manifest-sha256.txt'], {
          cwd: copy,
          encoding: 'utf8',
        }),
      );
    };
    await tampered('file-altered', (copy) => appendFileSync(join(copy, 'data/report/report.md'), 'x'));
    await tampered('file-added', (copy) => writeFileSync(join(copy, 'data/extra.txt'), 'x'));
    await tampered('file-missing', (copy) => rmSync(join(copy, 'data/results/gate.json')));
    await tampered('manifest-garbled', (copy) => appendFileSync(join(copy, 'manifest-sha256.txt'), 'garbage\n'));
    await tampered('report-differs', (copy) => {
      const file = join(copy, 'data/report/report.md');
      writeFileSync(file, readFileSync(file, 'utf8').replace('**blocked**', '**ready**'));
      rehash(copy);
    });
    await tampered('journal-broken', (copy) => {
      const file = join(copy, 'data/journal.jsonl');
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      writeFileSync(file, `${[lines[0], ...lines.slice(2)].join('\n')}\n`);
      rehash(copy);
    });
    await tampered('fact-altered', (copy) => {
      const facts = join(copy, 'data/snapshot/production/facts');
      writeFileSync(join(facts, 'policies.json'), '[]');
      appendFileSync(join(facts, 'relations.json'), ' ');
      rehash(copy);
    });
    await tampered('not-a-file', (copy) => execFileSync('ln', ['-s', '/etc/passwd', join(copy, 'data/link')]));
  });

  test('the same journal gives the same bytes, whatever the clock, the zone and the place', async () => {
    const { args, state } = await leaky();
    await runCli(['check', '4', ...args]);
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    const first = await runCli(['bundle', '--state-dir', state, '--out', one]);
    const second = await runCli(['bundle', '--state-dir', state, '--out', two], {
      env: { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' },
    });
    expect(readFileSync(second.stdout.trim()).equals(readFileSync(first.stdout.trim()))).toBe(true);
  });

  test('what is no bundle is unreadable, not altered', async () => {
    const file = join(temporaryFolder(), 'x.tar');
    writeFileSync(file, 'not a tar at all');
    expect((await runCli(['verify', file])).code).toBe(3);
    expect((await runCli(['verify', `${file}.missing`])).code).toBe(3);
  });
});

describe('init', () => {
  test('writes references, detects the repository, refuses a literal secret and an existing file', async () => {
    const repo = temporaryFolder();
    mkdirSync(join(repo, 'supabase/migrations'), { recursive: true });
    writeFileSync(join(repo, 'supabase/config.toml'), '');
    writeFileSync(join(repo, 'package.json'), '{"name":"harbor","dependencies":{"next":"15"}}');
    const flags = ['--repo', repo, '--project', 'harbor', '--env', 'production', '--kind', 'production'];
    const literal = await runCli(['init', ...flags, '--database', 'postgres://a:hidden@b/c']);
    expect(literal.code).toBe(2);
    expect(literal.stderr).not.toContain('hidden');
    expect(existsSync(join(repo, 'supaready.config.json'))).toBe(false);
    const written = await runCli(['init', ...flags, '--database', 'env:PROD_DATABASE_URL']);
    expect(written.code).toBe(0);
    expect(written.stderr).toContain('next');
    // What it does not ask for, and what stays unlooked at without it.
    expect(written.stderr).toContain('publishableKey: the API is not asked what it hands to strangers');
    expect((await runCli(['init', ...flags, '--database', 'env:X'])).code).toBe(2);
    const used = await runCli(['check'], { cwd: repo });
    expect(used.stderr).toContain('PROD_DATABASE_URL, which is not set');
  });
});

test('doctor tells what answers and what does not', async () => {
  const { args } = await leaky();
  const result = await runCli(['doctor', ...args, '--format', 'json']);
  expect(result.code).toBe(0);
  expect(
    JSON.parse(result.stdout).lines.find((line: { what: string }) => line.what === 'database of production').state,
  ).toBe('ok');
  const broken = await runCli(['doctor', '--db-url', 'postgres://x@127.0.0.1:1/y']);
  expect(broken.code).toBe(3);
});
