import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../../core/finding.ts';
import { repositoryFiles } from './repository.ts';

let careful: ReadonlyMap<string, string> | null = null;

/** A file as a careful team would have left it; null when it should not be there. */
function carefulText(path: string): string | null {
  careful ??= repositoryFiles(true);
  return careful.get(path) ?? null;
}

/**
 * The file of Harbor's repository that a finding is about, as far as putting the file right mends the finding; else null.
 * A migration counts only when the finding is about the file itself: the database has run it already.
 */
function restorablePath(finding: Finding): string | null {
  const path = finding.object.kind === 'file' ? finding.object.name : finding.location?.file;
  if (path === undefined) return null;
  return path.startsWith('supabase/migrations/') && finding.object.kind !== 'file' ? null : path;
}

/** Whether `restoreFile` would change anything: what stands in git's history, say, outlives its file. */
export function canRestore(repository: string, finding: Finding): boolean {
  const path = restorablePath(finding);
  if (path === null) return false;
  const target = join(repository, path);
  return (existsSync(target) ? readFileSync(target, 'utf8') : null) !== carefulText(path);
}

/** Puts the file of a finding into the state a careful team would have left it in; removes one that should not be there. */
export async function restoreFile(repository: string, finding: Finding): Promise<number> {
  const path = restorablePath(finding);
  if (path === null) return 0;
  const target = join(repository, path);
  const text = carefulText(path);
  if (text === null) {
    rmSync(target, { force: true });
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return 1;
}
