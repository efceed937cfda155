import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gitList } from './git.ts';

/** Files above this are not read; they are named in the facts that would have needed them. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024;
/** A repository with more files than this is read up to here, and says so. */
const MAX_FILES = 200_000;

const BUILD_FOLDERS = [
  '.next',
  'dist',
  'build',
  'out',
  '.output',
  '.svelte-kit',
  '.nuxt',
  '.vercel',
  '.netlify',
  'public',
];
const NEVER_ENTERED = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.next',
  '.nuxt',
  '.output',
  '.svelte-kit',
  '.vercel',
  '.netlify',
  '.turbo',
  '.cache',
  'dist',
  'build',
  'out',
  'coverage',
  'vendor',
  '.venv',
  '__pycache__',
  '.pnpm-store',
  '.yarn',
  '.supaready',
  'target',
]);

/** A text file as read. */
export interface TextFile {
  text: string;
  encoding: 'utf-8' | 'utf-8 with BOM' | 'utf-16le' | 'utf-16be';
}

/** The files of one repository. Paths are relative to `root`, with `/`, sorted. */
export interface Repository {
  root: string;
  /** True when git tracks the folder. */
  git: boolean;
  /** Tracked files; without git all files. */
  files: readonly string[];
  /** Files that git neither tracks nor ignores. */
  untracked: readonly string[];
  /** `.env*` files, also ignored ones. */
  envFiles: readonly { path: string; tracked: boolean; ignored: boolean }[];
  /** Files of build output folders, whether tracked or not. */
  buildOutput: readonly string[];
  /** Why the list may be short; empty when it is complete. */
  notes: readonly string[];
  /** A text file decoded; null when it is not there, binary or larger than MAX_FILE_BYTES. */
  read(path: string): TextFile | null;
  /** Size in bytes; null when it is not a file. */
  size(path: string): number | null;
}

/** Lists a repository: with git what it tracks and does not ignore, else a walk that leaves build output and packages out. */
export async function openRepository(root: string, signal?: AbortSignal): Promise<Repository> {
  const isFile = (path: string) => regularSize(join(root, path)) !== null;
  const tracked = (await gitList(root, ['ls-files', '-z', '--cached'], { signal }))?.filter(isFile) ?? [];
  const untracked = ((await gitList(root, ['ls-files', '-z', '--others', '--exclude-standard'], { signal })) ?? [])
    .filter((path) => !isVendored(path) && isFile(path))
    .sort(byCodeUnit);
  const notes: string[] = [];
  const walked = walk(root, notes);
  // A folder that an outer repository ignores has nothing of git's either.
  const git = tracked.length + untracked.length > 0;
  const files = (git ? unique(tracked) : walked.files).sort(byCodeUnit);
  const envPaths = walked.files.filter(isEnvFile);
  const ignored = new Set(
    git && envPaths.length > 0
      ? await gitList(root, ['check-ignore', '-z', '--no-index', '--stdin'], {
          signal,
          input: envPaths.map((path) => `${path}\0`).join(''),
        })
      : [],
  );
  const trackedSet = new Set(files);
  const cache = new Map<string, TextFile | null>();
  return {
    root,
    git,
    files,
    untracked,
    envFiles: envPaths
      .map((path) => ({ path, tracked: git && trackedSet.has(path), ignored: ignored.has(path) }))
      .sort((a, b) => byCodeUnit(a.path, b.path)),
    buildOutput: walked.build.sort(byCodeUnit),
    notes,
    size: (path) => regularSize(join(root, path)),
    read(path) {
      const known = cache.get(path);
      if (known !== undefined) return known;
      const file = readText(join(root, path));
      // Only small files are asked for more than once (configuration, imported constants).
      if (file === null || file.text.length < 64_000) cache.set(path, file);
      return file;
    },
  };
}

export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}

/** `.env`, `.env.local`, `apps/web/.env.production`; not `.env.ts`, not `.envrc`. */
export function isEnvFile(path: string): boolean {
  const name = baseName(path);
  return /^\.env(\.[\w-]+)*$/.test(name) && !/\.(ts|js|mjs|cjs|json|d)$/.test(name);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Folder of a path, '' for the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** `a/b` + `../c` → `a/c`; null when it leaves the root. */
export function joinPath(folder: string, path: string): string | null {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** In a folder of packages or of things made from other files. */
export function isVendored(path: string): boolean {
  return (
    path.split('/').some((part) => part === 'node_modules' || part === '.next' || part === '.git') ||
    /\.min\.[cm]?js$/.test(path)
  );
}

function regularSize(path: string): number | null {
  try {
    // A symbolic link could lead out of the repository.
    const stat = lstatSync(path);
    return stat.isFile() ? stat.size : null;
  } catch {
    return null;
  }
}

function readText(path: string): TextFile | null {
  const size = regularSize(path);
  if (size === null || size > MAX_FILE_BYTES) return null;
  try {
    return decode(readFileSync(path));
  } catch {
    return null;
  }
}

/** Text by its byte order mark, UTF-8 without one; null for binary content. */
export function decode(bytes: Buffer): TextFile | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: bytes.subarray(2).toString('utf16le'), encoding: 'utf-16le' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.length % 2 === 0 ? bytes.length : bytes.length - 1;
    return { text: Buffer.from(bytes.subarray(2, even)).swap16().toString('utf16le'), encoding: 'utf-16be' };
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { text: bytes.subarray(3).toString('utf8'), encoding: 'utf-8 with BOM' };
  }
  if (bytes.subarray(0, 8000).includes(0)) return null;
  return { text: bytes.toString('utf8'), encoding: 'utf-8' };
}

function walk(root: string, notes: string[]): { files: string[]; build: string[] } {
  const files: string[] = [];
  const build: string[] = [];
  const enter = (folder: string, into: string[], all: boolean): void => {
    let entries: import('node:fs').Dirent[];
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true });
    } catch {
      notes.push(`the folder ${folder || '.'} could not be read`);
      return;
    }
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (files.length + build.length >= MAX_FILES) {
        if (!notes.some((note) => note.startsWith('only the first')))
          notes.push(`only the first ${MAX_FILES} files were listed`);
        return;
      }
      if (entry.isFile()) into.push(path);
      if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name === '.git') continue;
      if (all) enter(path, into, true);
      else if (BUILD_FOLDERS.includes(entry.name) && NEVER_ENTERED.has(entry.name)) enter(path, build, true);
      else if (!NEVER_ENTERED.has(entry.name)) enter(path, into, false);
    }
  };
  enter('', files, false);
  return { files, build };
}

/** True when the path is a folder. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
