import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../../core/finding.ts';
import { repositoryFiles } from './repository.ts';

/**
 * The file of Harbor's repository that a finding is about, as far as putting the file right mends the finding; else null.
 * A migration counts only when the finding is about the file itself: the database has run it already.
 */
export function restorablePath(finding: Finding): string | null {
  const path = finding.object.kind === 'file' ? finding.object.name : finding.location?.file;
  if (path === undefined) return null;
  return path.startsWith('supabase/migrations/') && finding.object.kind !== 'file' ? null : path;
}

/** Puts the file of a finding into the state a careful team would have left it in; removes one that should not be there. */
export async function restoreFile(repository: string, finding: Finding): Promise<number> {
  const path = restorablePath(finding);
  if (path === null) return 0;
  const target = join(repository, path);
  const text = repositoryFiles(true).get(path);
  if (text === undefined) {
    rmSync(target, { force: true });
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return 1;
}
