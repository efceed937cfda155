import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { EXIT, UserError } from '../../core/errors.ts';
import { type Distribution, executable } from './binaries.ts';
import { SHIM_VERSION, SHIMS, type Shim } from './shims.ts';
import { noRoom } from './system-error.ts';

/*
 * A copy of PostgreSQL (60 MB, made once a version) beside which lie the control files and scripts of our shims. So
 * `create extension pg_cron` works wherever it stands: in a migration, a DO block, a test. A copy also serves root, whose
 * node_modules another user often cannot reach, and package managers that ran no install script.
 */

const PROGRAMS = ['postgres', 'initdb', 'pg_ctl'];
const UNUSED_DAYS = 30;

/**
 * The real extension is of no use in a throw-away database, or worse: it demands a place in shared_preload_libraries, runs
 * jobs, sends requests, or wants a key of the server. The stand-in serves wherever it is installed.
 */
const NEVER_REAL: readonly string[] = [
  'http',
  'pg_cron',
  'pg_net',
  'pg_tle',
  'pgaudit',
  'pgsodium',
  'supabase_vault',
  'timescaledb',
  'wrappers',
];

/**
 * Extensions that only a superuser may create in plain PostgreSQL, while hosted Supabase creates them for `postgres`
 * (supautils.privileged_extensions).
 */
const PRIVILEGED = [
  'autoinc',
  'bloom',
  'dblink',
  'dict_xsyn',
  'earthdistance',
  'insert_username',
  'moddatetime',
  'pg_buffercache',
  'pg_prewarm',
  'pg_stat_statements',
  'pg_walinspect',
  'pgrowlocks',
  'pgstattuple',
  'postgres_fdw',
  'refint',
  'sslinfo',
  'xml2',
];

/** initdb names its own folder to a shell, between double quotes. */
function unquotable(path: string): boolean {
  return process.platform !== 'win32' && /["$`\\\n]/.test(path);
}

/** Folder for what can be made again: the user's cache, or for root the temporary folder, which the server's user can pass. */
export function cacheFolder(): string {
  const home = homedir();
  const places = {
    darwin: join(home, 'Library', 'Caches', 'supaready'),
    win32: join(process.env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'supaready', 'Cache'),
  } as Partial<Record<NodeJS.Platform, string>>;
  const place = places[process.platform] ?? join(process.env.XDG_CACHE_HOME ?? join(home, '.cache'), 'supaready');
  if (userInfo().uid === 0) return tmpdir();
  if (unquotable(place)) return tmpdir();
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    accessSync(place, constants.W_OK);
    return place;
  } catch {
    return tmpdir();
  }
}

function countFiles(folder: string): number {
  let files = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    files += entry.isDirectory() ? countFiles(join(folder, entry.name)) : 1;
  return files;
}

/** Everybody may read, and pass folders and run programs; nobody else may write. */
function makeReadable(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (!stat.isDirectory()) return;
  for (const entry of readdirSync(path)) makeReadable(join(path, entry));
}

/** The package's shared libraries are linked by its install script; where scripts are off we make the links ourselves. */
function linkLibraries(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const inside = (path: string) => join(root, path.replace(/^native\//, ''));
  for (const { source, target } of links) {
    const link = inside(target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(relative(dirname(link), inside(source)), link);
  }
}

function controlFile(shim: Shim): string {
  const lines = [
    `comment = 'signatures only, made by supaready'`,
    `default_version = '${SHIM_VERSION}'`,
    `relocatable = ${shim.relocatable ?? false}`,
    'superuser = true',
    'trusted = true',
  ];
  if (shim.schema) lines.push(`schema = '${shim.schema}'`);
  if (shim.requires) lines.push(`requires = '${shim.requires.join(', ')}'`);
  return `${lines.join('\n')}\n`;
}

function addExtensions(folder: string): void {
  const there = new Set(readdirSync(folder));
  for (const shim of SHIMS) {
    if (there.has(`${shim.name}.control`) && !NEVER_REAL.includes(shim.name)) {
      trust(join(folder, `${shim.name}.control`));
      continue;
    }
    writeFileSync(join(folder, `${shim.name}.control`), controlFile(shim));
    writeFileSync(join(folder, `${shim.name}--${SHIM_VERSION}.sql`), shim.sql);
  }
  for (const name of PRIVILEGED) trust(join(folder, `${name}.control`));
}

/** Lets role postgres, which is no superuser here, create the extension as it can on hosted Supabase. */
function trust(control: string): void {
  if (existsSync(control)) writeFileSync(control, `${readFileSync(control, 'utf8')}\ntrusted = true\n`);
}

function build(distribution: Distribution, target: string): void {
  const { root, bin, lib, share } = distribution;
  mkdirSync(join(target, bin), { recursive: true });
  for (const name of PROGRAMS) {
    const file = join(root, bin, executable(name));
    if (existsSync(file)) copyFileSync(file, join(target, bin, executable(name)), constants.COPYFILE_FICLONE);
  }
  if (process.platform === 'win32') {
    for (const file of readdirSync(join(root, bin))) {
      if (file.toLowerCase().endsWith('.dll')) copyFileSync(join(root, bin, file), join(target, bin, file));
    }
  }
  const wanted = (path: string) => !path.endsWith('.a') && basename(path) !== 'bitcode';
  for (const folder of [lib, share]) {
    cpSync(join(root, folder), join(target, folder), {
      recursive: true,
      verbatimSymlinks: true,
      filter: wanted,
      mode: constants.COPYFILE_FICLONE,
    });
  }
  const links = join(root, 'pg-symlinks.json');
  if (existsSync(links)) copyFileSync(links, join(target, 'pg-symlinks.json'));
  linkLibraries(target);
  addExtensions(join(target, share, 'extension'));
  makeReadable(target);
  writeFileSync(join(target, '.files'), String(countFiles(target)));
}

/** A copy that nobody else made or can write to, and of which no cleaner of temporary files took a part. */
function usable(target: string): boolean {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (!found) return false;
  if (
    process.platform !== 'win32' &&
    (!found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o022) !== 0)
  ) {
    throw new UserError(
      'unsafe-cache',
      `${target} exists but is not a folder that only the current user can write to, so the programs in it are not run`,
      `Remove ${target} and try again`,
      EXIT.unknown,
    );
  }
  try {
    return Number(readFileSync(join(target, '.files'), 'utf8')) === countFiles(target) - 1;
  } catch {
    return false;
  }
}

/** Removes our copies and packed clusters in the cache that nobody has used for 30 days. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/^supaready-(postgres|cluster)-[0-9a-f]{12}(\.[\w.]+)?$/.test(name)) continue;
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat && stat.uid === userInfo().uid && Date.now() - stat.mtimeMs > UNUSED_DAYS * 86_400_000)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Another process may have been faster: then its copy stays, a server may already run from it. */
function putInPlace(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    if (!usable(target)) {
      rmSync(target, { recursive: true, force: true });
      renameSync(draft, target);
    } else {
      rmSync(draft, { recursive: true, force: true });
    }
  }
}

/**
 * Folder of programs (initdb, postgres) of our copy of a PostgreSQL, with the shims; made when missing (0.3 s).
 * Copies unused for 30 days go.
 */
export function install(distribution: Distribution): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([distribution, SHIMS, PRIVILEGED, NEVER_REAL, userInfo().uid]))
    .digest('hex')
    .slice(0, 12);
  const folder = cacheFolder();
  const target = join(folder, `supaready-postgres-${digest}`);
  if (unquotable(target))
    throw noRoom(folder, 'PostgreSQL’s programs cannot run from a path with the characters " $ ` \\');
  if (!usable(target)) {
    const draft = mkdtempSync(`${target}.`);
    try {
      build(distribution, draft);
      putInPlace(draft, target);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw error;
    }
    removeOld(folder);
  }
  const now = new Date();
  utimesSync(target, now, now);
  return join(target, distribution.bin);
}
