import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { serverUser } from './binaries.ts';
import { alive, findRunning, ownedByOther } from './server-process.ts';

/*
 * No throw-away server outlives its supaready, not even one that was killed (SIGKILL, out of memory): a shell waits at a pipe
 * that the operating system closes with the process. Where the shell went with it (a whole container killed), and on Windows,
 * which has none, the next start finds what was left.
 */

/** The number is believed only if it is a server’s: another program may have got it after a crash. */
const SCRIPT = `read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  program=$(cat "/proc/$pid/comm" 2>/dev/null || ps -o comm= -p "$pid" 2>/dev/null)
  case "$program" in *postgres*)
    kill -QUIT "$pid" 2>/dev/null
    waited=0
    while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 5 ]; do sleep 1; waited=$((waited + 1)); done
  esac
fi
rm -rf -- "$1"
sleep 1
rm -rf -- "$1"`;

/**
 * Ends the server that runs on `directory`, if one does by then, and removes the folder when this process is gone.
 * Returns the function that calls it off.
 */
export function watch(directory: string): () => void {
  if (process.platform === 'win32') return () => undefined;
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'supaready', directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return () => {
    child.kill('SIGKILL');
    child.stdin.destroy();
  };
}

/** Names of the throw-away servers’ folders in the temporary one, as mkdtemp completes them. */
export const SHADOW_PREFIX = 'supaready-shadow-';
const ORPHANS = /^supaready-(shadow|check)-[A-Za-z0-9]{6}$/;
/** A folder without an owner’s number may be about to get one. */
const UNOWNED_MS = 3_600_000;

function isOrphan(directory: string): boolean {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (!stat?.isDirectory() || lstatSync(join(directory, 'data'), { throwIfNoEntry: false })?.isSymbolicLink())
    return false;
  const uids = [userInfo().uid, serverUser()?.uid];
  if (process.platform !== 'win32' && !uids.includes(stat.uid)) return false;
  try {
    return !alive(Number(readFileSync(join(directory, 'owner.pid'), 'utf8')));
  } catch {
    return Date.now() - stat.mtimeMs > UNOWNED_MS;
  }
}

/**
 * Ends and removes throw-away servers whose supaready is gone. As root, everything is done with the rights of the servers’
 * user: names in a folder that everybody can write to are not to be believed. Never rejects.
 */
export async function removeOrphans(): Promise<void> {
  const folder = tmpdir();
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => ORPHANS.test(name));
  } catch {
    return;
  }
  const user = serverUser() ?? {};
  for (const name of names) {
    const directory = join(folder, name);
    try {
      if (!isOrphan(directory)) continue;
      const running = await findRunning(directory);
      if (ownedByOther(directory)) continue;
      if (process.platform === 'win32') {
        if (running) process.kill(running.pid);
        rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
        continue;
      }
      const script = running ? `kill -QUIT ${running.pid}; sleep 0.3; rm -rf -- "$1"` : 'rm -rf -- "$1"';
      spawnSync('/bin/sh', ['-c', script, 'supaready', directory], {
        cwd: '/',
        stdio: 'ignore',
        timeout: 10_000,
        ...user,
      });
      // The temporary folder may let nobody but us remove its entries.
      if (existsSync(directory)) rmdirSync(directory);
    } catch {
      // Another start may be at the same work.
    }
  }
}
