import { setImmediate } from 'node:timers/promises';
import type { Facts } from '../../core/facts.ts';
import { isVendored, MAX_FILE_BYTES, type Repository } from './files.ts';
import { runGit } from './git.ts';
import { type FoundKey, findKeys, WORTH_LOOKING } from './key-kinds.ts';

type RepoKey = Facts['repoKeys'][number];

const HISTORY_BYTES = 512 * 1024 * 1024;
const HISTORY_MS = 30_000;
/** A longer line is a bundle's: it is looked through in windows. */
const MAX_LINE = 200_000;

/** Prefixes of variables that a bundler writes into what browsers load. */
const PUBLIC_VARIABLE = /^(NEXT_PUBLIC|VITE|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|PUBLIC|GATSBY|NG_APP|STORYBOOK|VUE_APP)_/;
/** Build output that is served to browsers, wherever it lies. */
const BROWSER_OUTPUT =
  /(^|\/)(\.next\/static|\.output\/public|\.svelte-kit\/output\/client|\.vercel\/output\/static|build\/static|dist\/assets|build\/client)\//;
const NOT_TEXT =
  /\.(png|jpe?g|gif|webp|avif|ico|pdf|zip|gz|tgz|br|woff2?|ttf|otf|eot|mp[34]|mov|webm|wasm|lockb|sqlite|db|psd|ai|svg)$/i;

export function isPublicVariable(name: string): boolean {
  return PUBLIC_VARIABLE.test(name);
}

/**
 * Keys and connection strings in tracked files, in `.env*` files, in build output and in git's history (added lines of all
 * branches, up to a limit of bytes and time). Values never leave this function.
 */
export async function readKeys(
  repository: Repository,
  signal: AbortSignal | undefined,
): Promise<{ value: Facts['repoKeys']; notes: string[] }> {
  const keys: RepoKey[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  const htmlFolders = new Set(
    repository.buildOutput
      .filter((path) => path.endsWith('/index.html'))
      .map((path) => path.slice(0, path.lastIndexOf('/') + 1)),
  );
  const tracked = new Set(repository.files);
  const envPaths = repository.envFiles.map((file) => file.path);
  const paths = [
    ...new Set([...repository.files.filter((path) => !isVendored(path)), ...envPaths, ...repository.buildOutput]),
  ].filter((path) => !NOT_TEXT.test(path));

  let read = 0;
  for (const path of paths) {
    if (++read % 200 === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const file = repository.read(path);
    if (file === null) {
      const size = repository.size(path) ?? 0;
      if (size > MAX_FILE_BYTES && tracked.has(path))
        notes.push(`${path} is larger than 2 MB and was not looked through`);
      continue;
    }
    if (!WORTH_LOOKING.test(file.text)) continue;
    const served = isServed(path, file.text, htmlFolders);
    const where = !repository.git || !tracked.has(path) ? 'untracked' : 'tracked';
    for (const { line, column, key, source } of keysByLine(file.text)) {
      const variable = variableBefore(source, column);
      // What a file outside git holds may have been committed elsewhere: it is then in every clone.
      if (where === 'tracked') seen.add(`${key.kind}${key.digest}`);
      keys.push(toFact(key, path, line, where, variable, served || (variable !== null && isPublicVariable(variable))));
    }
  }
  if (repository.git) {
    const history = await readHistory(repository.root, seen, signal);
    keys.push(...history.keys);
    notes.push(...history.notes);
  }
  return { value: keys, notes };
}

function isServed(path: string, text: string, htmlFolders: ReadonlySet<string>): boolean {
  if (BROWSER_OUTPUT.test(path)) return true;
  if ([...htmlFolders].some((folder) => path.startsWith(folder))) return true;
  if (/\.(vue|svelte)$/.test(path)) return true;
  return /\.[cm]?[jt]sx?$/.test(path) && /^\s*(?:\/\/[^\n]*\n\s*)*['"]use client['"]/.test(text.slice(0, 500));
}

function toFact(
  key: FoundKey,
  path: string,
  line: number,
  where: RepoKey['where'],
  variable: string | null,
  client: boolean,
): RepoKey {
  const { kind, ref, role, issuer, demo } = key;
  return { path, line, where, kind, variable, ref, role, issuer, demo, client };
}

interface KeyInLine {
  line: number;
  column: number;
  key: FoundKey;
  source: string;
}

/** Line by line, since a key never spans two, but for a private key's body, which is given the lines after it. */
function keysByLine(text: string): KeyInLine[] {
  const found: KeyInLine[] = [];
  let line = 0;
  for (let at = 0; at <= text.length; ) {
    line++;
    const end = text.indexOf('\n', at);
    const stop = end === -1 ? text.length : end;
    const source = text.slice(at, stop);
    if (WORTH_LOOKING.test(source)) {
      const block = source.includes('PRIVATE KEY') ? text.slice(at, at + Math.max(source.length, 4000)) : source;
      for (let from = 0; from < block.length; from += MAX_LINE) {
        for (const key of findKeys(block.slice(from, from + MAX_LINE))) {
          if (from + key.index <= source.length) found.push({ line, column: from + key.index, key, source });
        }
      }
    }
    if (end === -1) break;
    at = end + 1;
  }
  return found;
}

/** The name a value on this line is assigned to: `NAME=…`, `name: "…"`, `const name = '…'`; null when it cannot be told. */
export function variableBefore(line: string, column: number): string | null {
  const before = line.slice(0, column);
  const match =
    /([A-Za-z_$][\w$-]*)["']?\s*(?:\?\?=|\|\|=|[:=]|=>)\s*[bEe]?["'`]?(?:postgres(?:ql)?:\/\/[^\s"'`]*)?$/.exec(
      before.slice(-300),
    );
  return match?.[1] ?? null;
}

/** Streams `git log -p` of all refs and looks at added lines only. */
async function readHistory(
  root: string,
  seen: Set<string>,
  signal: AbortSignal | undefined,
): Promise<{ keys: RepoKey[]; notes: string[] }> {
  const keys: RepoKey[] = [];
  let path = '';
  let line = 0;
  let rest = '';
  let bytes = 0;
  const take = (text: string) => {
    if (text.startsWith('+++ ')) {
      path = text.startsWith('+++ b/') ? text.slice(6).replace(/\t$/, '') : '';
      return;
    }
    if (text.startsWith('@@')) {
      line = Number(/^@@ -\S+ \+(\d+)/.exec(text)?.[1] ?? 1);
      return;
    }
    if (!text.startsWith('+')) return;
    const at = line++;
    if (path === '' || text.length > MAX_LINE || !WORTH_LOOKING.test(text) || isVendored(path)) return;
    for (const key of findKeys(text.slice(1))) {
      const identity = `${key.kind}${key.digest}`;
      if (seen.has(identity)) continue;
      seen.add(identity);
      const variable = variableBefore(text.slice(1), key.index);
      keys.push(toFact(key, path, at, 'history', variable, variable !== null && isPublicVariable(variable)));
    }
  };
  const args = [
    'log',
    '--all',
    '-p',
    '--unified=0',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--no-renames',
    '--format=',
    '--diff-filter=AM',
    '--src-prefix=a/',
    '--dst-prefix=b/',
  ];
  const run = await runGit(
    root,
    args,
    (chunk) => {
      bytes += chunk.length;
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > 4_000_000) rest = '';
      for (const text of lines) take(text);
      return bytes < HISTORY_BYTES;
    },
    { timeoutMs: HISTORY_MS, signal },
  );
  signal?.throwIfAborted();
  take(rest);
  // A repository without a commit has no history to read.
  if (run.end === 'failed' && /does not have any commits|bad default revision/.test(run.message))
    return { keys, notes: [] };
  const notes =
    run.end === 'ok'
      ? []
      : [
          run.end === 'stopped'
            ? 'git history was read only in part (limit of size or time)'
            : 'git history could not be read to its end',
        ];
  return { keys, notes };
}
