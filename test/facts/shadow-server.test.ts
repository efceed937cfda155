import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { type PostgresServer, type StartOptions, startServer } from '../../src/facts/shadow/server.ts';
import { findRunning } from '../../src/facts/shadow/server-process.ts';
import { debianPostgres15 } from '../helpers/database.ts';

let folder: string;
let owner: string;
const servers: PostgresServer[] = [];

/** A program that starts a server and stays; what a killed supaready leaves is seen through it. */
const OWNER = `import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { startServer } from './src/facts/shadow/server.ts';
const server = await startServer({ directory: process.argv[2], ephemeral: process.argv[3] === 'ephemeral' });
process.stdout.write(server.port + '\\n');
if (process.argv[4] === 'leave') process.exit(0);
setInterval(() => undefined, 1000);`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'supaready-server-test-'));
  owner = join(process.cwd(), 'node_modules', `.supaready-owner-${process.pid}.mjs`);
  await build({
    stdin: { contents: OWNER, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    loader: { '.sql': 'text' },
    outfile: owner,
    logLevel: 'error',
  });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(owner, { force: true });
});

async function start(
  name: string,
  options: Pick<StartOptions, 'ephemeral' | 'baseline' | 'locked'> = {},
): Promise<{ server: PostgresServer; directory: string }> {
  const directory = join(folder, name);
  const server = await startServer({ directory, ...options });
  servers.push(server);
  return { server, directory };
}

function postmasterPid(directory: string): number {
  return Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let waited = 0; waited < 5000 && alive(pid); waited += 20) await sleep(20);
  return !alive(pid);
}

/** Runs OWNER until it has printed its port. */
async function otherProcess(...args: string[]): Promise<{ port: number; pid: number; ended: Promise<unknown> }> {
  const child = spawn(process.execPath, [owner, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('exit', done));
  const port = await new Promise<number>((done) =>
    child.stdout.once('data', (data: Buffer) => done(Number(data.toString()))),
  );
  return { port, pid: child.pid ?? 0, ended };
}

describe('startServer', () => {
  it('keeps the superuser of a locked server to itself; another process still finds it', async () => {
    const { server, directory } = await start('locked', { baseline: true, locked: true });
    await ensureBaseline(server);
    await server.createDatabase('own');
    const address = new URL(server.url('own', 'supabase_admin'));
    expect(address.password).toHaveLength(43);
    address.password = 'guessed';
    await expect(new pg.Client({ connectionString: address.href }).connect()).rejects.toMatchObject({ code: '28P01' });
    const replication = { connectionString: server.url('own'), replication: 'database' };
    await expect(new pg.Client(replication as pg.ClientConfig).connect()).rejects.toMatchObject({ code: '53300' });
    expect(await findRunning(directory)).toMatchObject({ port: server.port, version: server.version });
    await server.stop();
  });

  it('starts, listens on loopback only, makes and drops databases, stops', async () => {
    const { server, directory } = await start('plain');
    await server.createDatabase(`na"me 'x' ü`);
    const client = new pg.Client({ connectionString: server.url(`na"me 'x' ü`, 'supabase_admin') });
    await client.connect();
    const { rows } = await client.query(
      `select current_user, current_database(), current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets, current_setting('fsync') as fsync`,
    );
    expect(rows).toEqual([
      {
        current_user: 'supabase_admin',
        current_database: `na"me 'x' ü`,
        addresses: '127.0.0.1',
        sockets: '',
        fsync: 'off',
      },
    ]);
    await client.end();
    await server.dropDatabase(`na"me 'x' ü`);
    await server.dropDatabase('never there');
    const pid = postmasterPid(directory);
    await server.stop();
    await server.stop();
    expect(alive(pid)).toBe(false);
    expect(existsSync(join(directory, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('keeps its data between two lives, and loses it when ephemeral', async () => {
    const first = await start('kept');
    await first.server.createDatabase('here');
    await first.server.stop();
    const second = await start('kept', { ephemeral: true });
    await second.server.dropDatabase('here');
    await second.server.stop();
    expect(existsSync(second.directory)).toBe(false);
  });

  it('uses a server that runs on the directory, and lets it run', async () => {
    const { server, directory } = await start('shared');
    const guest = await startServer({ directory });
    expect(guest.port).toBe(server.port);
    await guest.stop();
    await server.createDatabase('still_alive');
  });

  it('cleans up after a server that died', async () => {
    const { server, directory } = await start('stale');
    const lock = readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8');
    await server.stop();
    // The number now belongs to another program: ours.
    writeFileSync(join(directory, 'data', 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));
    const again = await start('stale');
    await again.server.createDatabase('works');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'does not outlive its process on %s, nor does its directory',
    async (signal) => {
      const directory = join(folder, `signal-${signal}`);
      const other = await otherProcess(directory, 'ephemeral');
      const pid = postmasterPid(directory);
      process.kill(other.pid, signal);
      await other.ended;
      expect(await gone(pid)).toBe(true);
      expect(existsSync(directory)).toBe(false);
    },
  );

  it('does not outlive its process killed by SIGKILL, when ephemeral', async (context) => {
    if (process.platform === 'win32') return context.skip('the next start removes it there');
    const directory = join(folder, 'sigkill');
    const other = await otherProcess(directory, 'ephemeral');
    const pid = postmasterPid(directory);
    process.kill(other.pid, 'SIGKILL');
    await other.ended;
    expect(await gone(pid)).toBe(true);
    for (let waited = 0; waited < 5000 && existsSync(directory); waited += 50) await sleep(50);
    expect(existsSync(directory)).toBe(false);
  });

  it('does not outlive process.exit', async () => {
    const directory = join(folder, 'exit');
    const other = await otherProcess(directory, 'ephemeral', 'leave');
    await other.ended;
    expect(existsSync(directory)).toBe(false);
  });

  it('is adopted after its process was killed, and then stopped', async () => {
    const directory = join(folder, 'killed');
    const other = await otherProcess(directory, 'persistent');
    const pid = postmasterPid(directory);
    process.kill(other.pid, 'SIGKILL');
    await other.ended;
    expect(alive(pid)).toBe(true);
    const server = await startServer({ directory });
    expect(server.port).toBe(other.port);
    await server.stop();
    expect(await gone(pid)).toBe(true);
  });

  it('says what is wrong with a folder without programs', async () => {
    await expect(startServer({ directory: join(folder, 'none'), binaries: folder })).rejects.toMatchObject({
      code: 'no-postgres-binaries',
      exitCode: 3,
    });
  });

  it('shows the server’s last words when it does not start', async () => {
    const { server, directory } = await start('broken');
    await server.stop();
    rmSync(join(directory, 'data', 'global'), { recursive: true });
    await expect(startServer({ directory })).rejects.toThrow(/pg_control/);
  });

  it('runs Debian’s PostgreSQL 15 with the baseline and the shims', async (context) => {
    const server = await debianPostgres15();
    if (!server) return context.skip('PostgreSQL 15 of Debian is not installed');
    servers.push(server);
    await server.createDatabase('fifteen', await ensureBaseline(server));
    const client = new pg.Client({ connectionString: server.url('fifteen') });
    await client.connect();
    await client.query('create extension vector with schema extensions');
    const { rows } = await client.query(
      `select current_setting('server_version_num')::int / 10000 as major, auth.uid() as uid`,
    );
    expect(rows).toEqual([{ major: 15, uid: null }]);
    await client.end();
  });
});
