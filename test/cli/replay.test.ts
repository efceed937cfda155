import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startServer } from '../../src/facts/shadow/server.ts';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';

const MIGRATION = `create table public.notes (id bigint generated always as identity primary key, body text);
alter table public.notes enable row level security;
`;

/** A live database that is as its migrations make it, and the repository that holds them. */
async function project(migration = MIGRATION, config: object | null = null) {
  const live = await freshDatabase();
  onTestFinished(() => live.drop());
  await live.sql(MIGRATION);
  const repo = temporaryFolder();
  mkdirSync(join(repo, 'supabase/migrations'), { recursive: true });
  writeFileSync(join(repo, 'supabase/config.toml'), '');
  writeFileSync(join(repo, 'supabase/migrations/20240101000000_notes.sql'), migration);
  if (config) writeFileSync(join(repo, 'supaready.config.json'), JSON.stringify(config));
  const state = temporaryFolder();
  return { ...live, repo, state, args: ['--db-url', live.url, '--repo', repo, '--state-dir', state] };
}

/** The replay as the last snapshot of an audit holds it. */
function replayIn(state: string): { regime: string; server: { origin: string }; applied: number } | null {
  const facts = readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .filter((text) => text.startsWith('{"applied":'));
  return facts.length === 1 ? JSON.parse(facts[0] ?? '') : null;
}

describe('the replay beside a live database', () => {
  test('goes under the grants and on the server that options or configuration name, and says what it is at', async () => {
    // Progress is shown of what takes more than a second.
    const { args, state } = await project(`${MIGRATION}select pg_sleep(2.5);`);
    const result = await runCli(['check', 'migration-replay', ...args, '--default-grants', 'closed']);
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('replay of supabase/migrations/20240101000000_notes.sql');
    expect(replayIn(state)).toMatchObject({ applied: 1, regime: 'closed', server: { origin: 'embedded' } });

    const own = await project(MIGRATION, { replay: { shadow: 'env:SHADOW_URL', defaultGrants: 'legacy' } });
    const server = await startServer({ directory: join(temporaryFolder(), 'server'), ephemeral: true });
    onTestFinished(() => server.stop());
    const env = { SHADOW_URL: server.url('postgres', 'supabase_admin') };
    const beside = await runCli(['check', 'migration-replay', ...own.args], { env });
    // The second replay, which must make the same, has a database of its own there.
    expect(beside.code).toBe(0);
    expect(beside.stdout).toMatch(/✔ migration-replay +1 replayed file/);
    expect(replayIn(own.state)).toMatchObject({ applied: 1, regime: 'legacy', server: { origin: 'shadow-url' } });
    const doctor = await runCli(['doctor', ...own.args], { env });
    expect(doctor.stdout).toMatch(/✔ shadow database +PostgreSQL 17 at 127\.0\.0\.1:\d+\/postgres; each replay makes/);
    expect(doctor.stdout).not.toContain('supabase_admin');
  });

  test('a server that cannot be used stops the audit, and never passes as one without a shadow', async () => {
    const { args, repo } = await project();
    const wrong = await runCli(['check', 'migration-replay', ...args, '--shadow-url', 'nonsense']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('--shadow-url is no PostgreSQL connection string');
    const unset = await runCli(['check', 'migration-replay', ...args, '--shadow-url', 'env:NOT_SET_HERE']);
    expect(unset.stderr).toContain('NOT_SET_HERE, which is not set');
    writeFileSync(join(repo, 'supaready.config.json'), '{"replay":{"shadow":"postgres://a:hidden@b/c"}}');
    const literal = await runCli(['check', 'migration-replay', ...args]);
    expect(literal).toMatchObject({ code: 2 });
    expect(literal.stderr).toContain('[config-literal-secret]');
    expect(literal.stderr).not.toContain('hidden');
  });

  test('doctor names the PostgreSQL versions a replay can have', async () => {
    const { args } = await project();
    const { stdout, code } = await runCli(['doctor', ...args]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/✔ shadow database +PostgreSQL .*17 \(embedded\)/);
    expect(stdout).toMatch(/✔ shadow of production +PostgreSQL 17 \(embedded\), as the live one/);
  });
});

describe('Ctrl-C during a replay', () => {
  const slow = `${MIGRATION}select pg_sleep(50);\n`;
  const ours = (folder: string) => readdirSync(folder).filter((name) => /^supaready-(shadow|check|audit)-/.test(name));

  test('ends it and exits 130, and at the second one at once: no server and no folder stays behind', async () => {
    const { args, repo, state } = await project(slow);
    const tmp = temporaryFolder();
    // PostgreSQL does not run as root: its own user must get there.
    chmodSync(tmp, 0o755);
    const commands = [
      ['check', 'migration-replay', ...args],
      ['check', '--from-migrations', '--repo', repo, '--state-dir', state],
    ];
    for (const command of commands) {
      for (const times of [1, 2]) {
        let sent = 0;
        const result = await runCli(command, {
          env: { TMPDIR: tmp },
          onStderr: (text) => {
            if (sent >= times || !text.includes(sent === 0 ? '20240101000000_notes.sql' : 'stopping')) return null;
            sent += 1;
            return 'SIGINT';
          },
        });
        expect(result, `${times} times: ${command.join(' ')}`).toMatchObject({ code: 130, stdout: '' });
        expect(ours(tmp)).toEqual([]);
        // A shell that watches over the server ends a moment after it.
        const processes = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
        expect(processes()).not.toContain(`-D ${tmp}/`);
        await vi.waitFor(() => expect(processes()).not.toContain(tmp), { timeout: 20_000 });
      }
    }
  }, 300_000);
});
