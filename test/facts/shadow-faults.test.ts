import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packCluster, unpackCluster } from '../../src/facts/shadow/cluster-pack.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';
import { findServer, installedFolders } from '../../src/facts/shadow/machine.ts';
import { startServer } from '../../src/facts/shadow/server.ts';
import { serverTrouble } from '../../src/facts/shadow/server-trouble.ts';
import { systemError } from '../../src/facts/shadow/system-error.ts';
import { removeOrphans } from '../../src/facts/shadow/watchdog.ts';

let folder: string;
let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = { ...process.env };
  // What other tests leave and make in the temporary folder must not be touched from here.
  folder = mkdtempSync(join(tmpdir(), 'supaready-faults-'));
  chmodSync(folder, 0o1777);
});
afterEach(() => {
  // Key by key: the system's own environment must follow.
  for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true, force: true });
});

function repository(sql: string): string {
  const root = join(folder, 'repository');
  mkdirSync(join(root, 'supabase/migrations'), { recursive: true });
  writeFileSync(join(root, 'supabase/migrations/20240101000000_a.sql'), sql);
  return root;
}

/** Servers’ folders left in the temporary one. */
function left(): string[] {
  return readdirSync(folder).filter((name) => /^supaready-(shadow|check)-/.test(name));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a packed cluster', () => {
  it('comes out as it went in, and not at all when damaged or writable by others', () => {
    const data = join(folder, 'data');
    mkdirSync(join(data, 'base', 'empty'), { recursive: true });
    writeFileSync(join(data, 'base', 'a'), Buffer.concat([Buffer.from('content'), Buffer.alloc(9000)]));
    writeFileSync(join(data, 'base', 'b'), 'content');
    writeFileSync(join(data, 'base', 'b_vm'), 'left out');
    writeFileSync(join(data, 'postmaster.pid'), '1');
    const file = join(folder, 'x.pack');
    packCluster(data, file);

    const out = join(folder, 'out');
    expect(unpackCluster(file, out, null)).toBe(true);
    expect(readFileSync(join(out, 'base', 'a'))).toEqual(readFileSync(join(data, 'base', 'a')));
    expect(readFileSync(join(out, 'base', 'b'), 'utf8')).toBe('content');
    expect(existsSync(join(out, 'base', 'empty'))).toBe(true);
    expect([existsSync(join(out, 'base', 'b_vm')), existsSync(join(out, 'postmaster.pid'))]).toEqual([false, false]);

    chmodSync(file, 0o666);
    expect(unpackCluster(file, join(folder, 'none'), null)).toBe(false);
    chmodSync(file, 0o600);
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(unpackCluster(file, join(folder, 'none'), null)).toBe(false);
    writeFileSync(file, bytes.subarray(0, 30));
    expect(unpackCluster(file, join(folder, 'none'), null)).toBe(false);
    expect(unpackCluster(join(folder, 'absent'), join(folder, 'none'), null)).toBe(false);
  });

  it('in the cache is made anew when it is damaged', async () => {
    process.env.TMPDIR = folder;
    process.env.XDG_CACHE_HOME = folder;
    const pack = () => {
      const where = existsSync(join(folder, 'supaready')) ? join(folder, 'supaready') : folder;
      const name = readdirSync(where).find((entry) => entry.endsWith('.pack'));
      return name === undefined ? null : join(where, name);
    };
    const start = () => startServer({ directory: join(folder, 'server'), ephemeral: true, baseline: true });
    await (await start()).stop();
    const file = pack() ?? '';
    const size = readFileSync(file).length;
    writeFileSync(file, 'damaged');
    const server = await start();
    const client = new pg.Client({ connectionString: server.url('postgres') });
    await client.connect();
    const { rows } = await client.query(
      `select count(*)::int as templates from pg_database where datname like 'supaready_baseline%'`,
    );
    await client.end();
    await server.stop();
    expect(rows).toEqual([{ templates: 1 }]);
    expect(readFileSync(file).length).toBeGreaterThan(size / 2);
  });
});

describe('which PostgreSQL', () => {
  it('is of the wanted major version where the machine has it, else the embedded one', () => {
    expect(findServer()).toMatchObject({ major: 17, origin: 'embedded' });
    expect(findServer(17)).toMatchObject({ major: 17, origin: 'embedded' });
    expect(findServer(12)).toMatchObject({ major: 17, origin: 'embedded' });
    for (const { major } of installedFolders().filter((item) => item.major < 17))
      expect(findServer(major)).toMatchObject({ major, origin: 'installed' });
  });

  it('is the named one, and a wrong name is said', () => {
    process.env.SUPAREADY_PG_BIN = folder;
    expect(() => findServer(17)).toThrow(/There is no initdb/);
    const [installed] = installedFolders();
    if (!installed) return;
    process.env.SUPAREADY_PG_BIN = installed.bin;
    expect(findServer()).toMatchObject({ major: installed.major, origin: 'named' });
    expect(findServer(17)).toMatchObject({ major: 17 });
  });

  it('says in the result what it was tried on', async (context) => {
    const fifteen = installedFolders().find(({ major }) => major === 15);
    if (!fifteen) return context.skip('PostgreSQL 15 is not installed');
    const prepared = await prepareFromMigrations({ root: repository('create table t (a int);'), major: 15 });
    expect(Math.trunc(prepared.server.version / 10_000)).toBe(15);
    expect(prepared.server.origin).toBe('installed');
    await prepared.close();
  });
});

describe('faults', () => {
  it('a server that is killed during the replay is lost, and leaves nothing', async () => {
    process.env.TMPDIR = folder;
    const running = prepareFromMigrations({
      root: repository('create table t (a int); select pg_sleep(30);'),
      onFile: () => {
        const pid = Number(
          readFileSync(join(folder, left()[0] ?? '', 'data', 'postmaster.pid'), 'utf8').split('\n')[0],
        );
        setTimeout(() => process.kill(pid, 'SIGKILL'), 300);
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'shadow-lost', exitCode: 3 });
    expect(left()).toEqual([]);
  });

  it('no folder, no space and other refusals of the system are said with what to do', async () => {
    process.env.TMPDIR = join(folder, 'nowhere');
    await expect(prepareFromMigrations({ root: repository('select 1') })).rejects.toMatchObject({
      code: 'no-room-for-shadow',
      exitCode: 3,
    });
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(systemError(full, '/there')).toMatchObject({
      code: 'no-room-for-shadow',
      message: expect.stringMatching(/no space/),
    });
    expect(serverTrouble(Object.assign(new Error('could not extend file'), { code: '53100' }))).toMatchObject({
      code: 'shadow-full',
    });
    expect(serverTrouble(Object.assign(new Error('syntax error'), { code: '42601' }))).toBeNull();
  });

  it('paths with spaces, quotes and letters of all kinds, long ones, and settings of the environment do no harm', async () => {
    const odd = join(folder, "tür kçe 'q 日本", 'x'.repeat(120));
    mkdirSync(odd, { recursive: true });
    Object.assign(process.env, {
      TMPDIR: odd,
      LC_ALL: 'tr_TR.UTF-8',
      TZ: 'Pacific/Auckland',
      PGPORT: '1',
      PGUSER: 'nobody',
    });
    const prepared = await prepareFromMigrations({
      root: repository(`create table "I" (id int); comment on table "I" is 'ı'`),
    });
    expect(prepared.replay.failures).toEqual([]);
    await prepared.close();
    expect(readdirSync(odd).filter((name) => name.startsWith('supaready-shadow'))).toEqual([]);
  });

  it('what a killed supaready left behind goes with the next start; what belongs to a living one stays', async () => {
    process.env.TMPDIR = folder;
    const directory = mkdtempSync(join(folder, 'supaready-shadow-'));
    const server = await startServer({ directory });
    const pid = Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    await removeOrphans();
    expect(alive(pid)).toBe(true);
    const dead = spawn(process.execPath, ['-e', '0']);
    await new Promise((done) => dead.once('exit', done));
    writeFileSync(join(directory, 'owner.pid'), String(dead.pid));
    await removeOrphans();
    for (let waited = 0; waited < 5000 && alive(pid); waited += 50) await sleep(50);
    expect(alive(pid)).toBe(false);
    expect(left()).toEqual([]);
    await server.stop();
  });
});
