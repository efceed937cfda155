import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, UserError } from '../../core/errors.ts';
import { asAdmin } from './as-admin.ts';
import { executable, type ServerUser } from './binaries.ts';
import { noOtherUser, noRoom } from './system-error.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** True when a process has this number. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function logSize(directory: string): number {
  return statSync(join(directory, 'server.log'), { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines that the log got after it was `from` bytes long. */
function logTail(directory: string, from = 0): string {
  try {
    const text = readFileSync(join(directory, 'server.log')).subarray(from).toString('utf8').trimEnd();
    return text.split('\n').slice(-8).join('\n') || '(it said nothing)';
  } catch {
    return '(no log)';
  }
}

function failed(directory: string, what: string, next: string, from = 0): UserError {
  const said = logTail(directory, from);
  if (/No space left on device|Disk quota exceeded/i.test(said)) return noRoom(directory, 'no space is left there');
  return new UserError('embedded-postgres-failed', `${what}. Its last lines:\n${said}`, next, EXIT.unknown);
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? done(address.port) : reject(new Error('no free port')),
      );
    });
  });
}

interface Launched {
  pid: number | undefined;
  /** Resolves when it ended: exit code, or the reason it did not start. */
  ended: Promise<number | string>;
}

/** Starts a program detached from our terminal (Ctrl-C is ours), output to the server's log. */
function launch(file: string, args: string[], directory: string, user: ServerUser | null): Launched {
  const log = openSync(join(directory, 'server.log'), 'a');
  const child = spawn(file, args, {
    cwd: directory,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '',
      LC_MESSAGES: 'C',
      TZ: 'UTC',
      ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
    },
    ...(user ?? {}),
  });
  closeSync(log);
  child.unref();
  const ended = new Promise<number | string>((done) => {
    child.once('exit', (code, signal) => done(code ?? signal ?? 'ended'));
    child.once('error', (error) => done(error.message));
  });
  return { pid: child.pid, ended };
}

/** As root we start programs as another user; a container may forbid it, or know no other. */
function notAllowed(code: number | string, user: ServerUser | null): UserError | null {
  if (user === null || typeof code !== 'string' || !/\b(EPERM|EINVAL)$/.test(code)) return null;
  return noOtherUser(user);
}

/**
 * initdb below `directory/data`, locale C.UTF-8, else C. The folder has its name only once it is whole.
 * Throws UserError `embedded-postgres-failed` or `no-other-user`.
 */
export async function initialise(bin: string, directory: string, user: ServerUser | null): Promise<void> {
  const draft = join(directory, 'data.draft');
  rmSync(draft, { recursive: true, force: true });
  const from = logSize(directory);
  let code: number | string = 1;
  for (const locale of ['C.UTF-8', 'C']) {
    const args = ['-D', draft, '-U', 'supabase_admin', '-A', 'trust', '-E', 'UTF8', `--locale=${locale}`];
    args.push('--no-sync', '--no-instructions');
    const child = launch(join(bin, executable('initdb')), args, directory, user);
    // initdb takes half a second; it must hold the event loop, unlike the server.
    const hold = setInterval(() => undefined, 1000);
    code = await child.ended;
    clearInterval(hold);
    if (code === 0) {
      renameSync(draft, join(directory, 'data'));
      return;
    }
    rmSync(draft, { recursive: true, force: true });
  }
  throw (
    notAllowed(code, user) ??
    failed(
      directory,
      `PostgreSQL’s initdb did not succeed (${code})`,
      'See the lines above; free space or another folder (TMPDIR) may help, or name a database of your own with --shadow-url',
      from,
    )
  );
}

/** What postmaster.pid says, or null when there is none. */
function postmaster(directory: string): { pid: number; port: number } | null {
  try {
    const lines = readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]) };
  } catch {
    return null;
  }
}

/** server_version_num of the server on `port` when it is the one of this data directory, else null. */
async function answers(port: number, data: string): Promise<number | null> {
  // Where another supaready keeps the superuser's password to itself, role postgres may tell too.
  for (const user of ['supabase_admin', 'postgres']) {
    try {
      const [row] = await asAdmin<{ directory: string; version: number }>(
        port,
        `select current_setting('data_directory') as directory, current_setting('server_version_num')::int as version`,
        { user },
      );
      return row && resolve(row.directory) === resolve(data) ? row.version : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return null;
    }
  }
  return null;
}

/** A server’s process and how to reach it. */
export interface RunningServer {
  pid: number;
  port: number;
  /** server_version_num */
  version: number;
}

/** The server that runs on the directory, if one does; what a dead one left behind is removed. */
export async function findRunning(directory: string): Promise<RunningServer | null> {
  const found = postmaster(directory);
  if (!found) return null;
  const until = Date.now() + 3000;
  // Alive but silent can be a server on its way up or down, or another program that now has the number.
  while (alive(found.pid) && existsSync(join(directory, 'data', 'postmaster.pid'))) {
    const version = found.port > 0 ? await answers(found.port, join(directory, 'data')) : null;
    if (version !== null) return { ...found, version };
    if (Date.now() > until) break;
    await sleep(100);
  }
  rmSync(join(directory, 'data', 'postmaster.pid'), { force: true });
  return null;
}

const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'logical',
  max_wal_size: '512MB',
  // Whoever may make a replication slot may have the server load any library.
  max_replication_slots: '0',
  max_wal_senders: '0',
  max_connections: '60',
  shared_buffers: '64MB',
  // A migration may make thousands of tables in one transaction.
  max_locks_per_transaction: '512',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  autovacuum_max_workers: '1',
  jit: 'off',
  // Statements can hold secrets; only the server's own messages are logged.
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  'pg_stat_statements.track_utility': 'off',
} as const;

/** Starts the server on a free port and waits until it answers. Throws UserError `embedded-postgres-failed` or `no-other-user`. */
export async function launchServer(
  bin: string,
  directory: string,
  user: ServerUser | null,
): Promise<RunningServer & { ended: Promise<unknown> }> {
  const data = join(directory, 'data');
  const major = Number.parseInt(readFileSync(join(data, 'PG_VERSION'), 'utf8'), 10);
  let from = 0;
  let exit: number | string | null = null;
  // Retried: another program may take the port between our look and the start; a build may lack pg_stat_statements.
  let preload = true;
  for (let attempt = 0; attempt < 4; attempt++) {
    from = logSize(directory);
    exit = null;
    const port = await freePort();
    const args = ['-D', data, '-p', String(port)];
    // Workers for input and output are of no use to a server with one client.
    if (major >= 18) args.push('-c', 'io_method=sync');
    for (const [name, value] of Object.entries(SETTINGS)) args.push('-c', `${name}=${value}`);
    if (preload) args.push('-c', 'shared_preload_libraries=pg_stat_statements');
    const child = launch(join(bin, executable('postgres')), args, directory, user);
    void child.ended.then((code) => {
      exit = code;
    });
    const until = Date.now() + START_TIMEOUT_MS;
    while (exit === null && Date.now() < until) {
      const version = child.pid === undefined ? null : await answers(port, data);
      if (child.pid !== undefined && version !== null) return { pid: child.pid, port, version, ended: child.ended };
      await sleep(20);
    }
    if (exit === null && child.pid !== undefined) process.kill(child.pid, 'SIGQUIT');
    const said = logTail(directory, from);
    if (/could not access file "pg_stat_statements"/.test(said)) preload = false;
    else if (!/could not bind|could not create any TCP/i.test(said)) break;
  }
  throw (
    notAllowed(exit ?? '', user) ??
    failed(
      directory,
      'The embedded PostgreSQL did not start',
      'See the lines above, or name a database of your own with --shadow-url',
      from,
    )
  );
}

/** Fast shutdown, after 10 s immediate, after 20 s killed. `ended` is null for a server that another process started. */
export async function shutDown(pid: number, ended: Promise<unknown> | null, data: string): Promise<void> {
  const gone = async (ms: number): Promise<boolean> => {
    const until = Date.now() + ms;
    let exited = false;
    void ended?.then(() => {
      exited = true;
    });
    while (Date.now() < until) {
      if (exited || !alive(pid)) return true;
      await sleep(10);
    }
    return false;
  };
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      break;
    }
    if (await gone(STOP_TIMEOUT_MS)) break;
  }
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

/** Ends the server that runs on the directory, if one does, while this process ends: nothing asynchronous can be awaited any more. */
export function shutDownNow(directory: string, ephemeral: boolean): void {
  const running = postmaster(directory);
  if (running !== null) {
    try {
      process.kill(running.pid, ephemeral ? 'SIGQUIT' : 'SIGINT');
    } catch {
      // Gone already.
    }
  }
  if (!ephemeral) return;
  const lock = join(directory, 'data', 'postmaster.pid');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; existsSync(lock) && waited < 2000; waited += 10) Atomics.wait(pause, 0, 0, 10);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** True when a living process other than the server's dead starter holds it: ours, or another supaready. */
export function ownedByOther(directory: string): boolean {
  try {
    return alive(Number(readFileSync(join(directory, 'owner.pid'), 'utf8')));
  } catch {
    return false;
  }
}
