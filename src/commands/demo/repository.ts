import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withMadeUpSecrets } from './made-up-secrets.ts';
import { demoRoot, overlays } from './manifest.ts';

/** Files that would mean something to git or npm inside our own package are stored under another name. */
const STORED_AS: Readonly<Record<string, string>> = { _gitignore: '.gitignore' };

/** Every file below a folder, by path with `/`. */
function filesBelow(folder: string, prefix = ''): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      for (const [below, text] of filesBelow(path, `${prefix}${name}/`)) files.set(below, text);
      continue;
    }
    files.set(`${prefix}${STORED_AS[name] ?? name}`, withMadeUpSecrets(readFileSync(path, 'utf8')));
  }
  return files;
}

/** Harbor's repository by path: as it should be, or with every defect planted. */
export function repositoryFiles(fixed: boolean): Map<string, string> {
  const files = filesBelow(join(demoRoot(), 'repository'));
  if (fixed) return files;
  for (const overlay of overlays()) {
    if (overlay.files) for (const [path, text] of filesBelow(overlay.files)) files.set(path, text);
    for (const { path, find, replace } of overlay.edits) {
      const before = files.get(path);
      if (before === undefined || before.split(find).length !== 2) {
        throw new Error(`demo/defects/${overlay.name}/edits.json: ${path} does not hold its text exactly once`);
      }
      files.set(
        path,
        before.replace(find, () => withMadeUpSecrets(replace)),
      );
    }
  }
  return files;
}

export interface Migration {
  version: string;
  name: string;
  sql: string;
}

/** The migrations among a repository's files, in the order in which the Supabase CLI applies them. */
export function migrationsOf(files: ReadonlyMap<string, string>): Migration[] {
  return [...files]
    .flatMap(([path, sql]) => {
      const [, version, name] = /^supabase\/migrations\/(\d{14})_(\w+)\.sql$/.exec(path) ?? [];
      return version && name ? [{ version, name, sql }] : [];
    })
    .sort((a, b) => (a.version < b.version ? -1 : 1));
}

function git(root: string, ...args: string[]): void {
  // Nothing of the user's own configuration (hooks, signing keys) takes part.
  execFileSync('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'commit.gpgsign=false', ...args], {
    cwd: root,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: join(root, '.git', 'no-such-file'),
      GIT_AUTHOR_DATE: '2026-06-15T10:00:00Z',
      GIT_COMMITTER_DATE: '2026-06-15T10:00:00Z',
    },
  });
}

/**
 * Writes Harbor's repository into an empty folder and commits it under a made-up author, without network. A `.env*` file
 * that .gitignore leaves out is committed all the same: somebody once used --force. Without git on the machine it is a
 * plain folder.
 */
export function writeRepository(root: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  try {
    git(root, 'init', '--quiet');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  git(root, 'config', 'user.name', 'Harbor demo');
  git(root, 'config', 'user.email', 'demo@harbor.shop');
  git(root, 'add', '--all');
  const forced = [...files.keys()].filter((path) => basename(path).startsWith('.env'));
  git(root, 'add', '--force', '--', ...forced);
  git(root, 'commit', '--quiet', '--message', 'Harbor');
}
