import { chmodSync, readFileSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, resolve, sep } from 'node:path';

/** The user another process is started as; null = as ourselves. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** A PostgreSQL as its package lays it out: folders relative to `root`, in the arrangement its programs expect. */
export interface Distribution {
  root: string;
  bin: string;
  lib: string;
  share: string;
  /** Changes when the programs do. */
  version: string;
}

/** PostgreSQL refuses to run as root: the system user `postgres` if there is one, else nobody. Null when we are not root. */
export function serverUser(): ServerUser | null {
  if (process.platform === 'win32' || userInfo().uid !== 0) return null;
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith('postgres:'));
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid && gid && uid !== '0') return { uid: Number(uid), gid: Number(gid) };
  } catch {
    // No passwd file: nobody's number is the same everywhere.
  }
  return { uid: 65534, gid: 65534 };
}

/** The folder above `path` that `user` may not pass through, or null. Group rights through other groups are not considered. */
function barrier(path: string, user: ServerUser): string | null {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const stat = statSync(folder);
    const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
    if ((stat.mode & bit) === 0) return folder;
    if (folder === dirname(folder)) return null;
  }
}

/**
 * True when `user` may pass through every folder above `path`. Our own folders below the temporary one (mkdtemp makes them
 * private) are opened for passing, not for listing; others stay as they are.
 */
export function makeReachable(path: string, user: ServerUser): boolean {
  const temporary = `${resolve(tmpdir())}${sep}`;
  for (let folder = barrier(path, user); folder !== null; folder = barrier(path, user)) {
    const stat = statSync(folder);
    if (!folder.startsWith(temporary) || stat.uid !== userInfo().uid || (stat.mode & 0o001) !== 0) return false;
    chmodSync(folder, stat.mode | 0o011);
  }
  return true;
}

/** File name of a program on this platform. */
export function executable(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}
