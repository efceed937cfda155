import { baseName, folderOf } from '../files.ts';

/** Path of the script that undoes a migration, by the migration's path. */
export type DownScripts = ReadonlyMap<string, string>;

/** `x.down.sql`, `x_down.sql`, `down.sql`, files in a folder `down`, `rollback`, `rollbacks`. */
export function isDownFile(path: string): boolean {
  return (
    /(^|[._-])(down|rollback|undo|revert)\.sql$/i.test(baseName(path)) ||
    /(^|\/)(down|downs|rollbacks?|undo)\//i.test(path)
  );
}

/**
 * Which script of the repository undoes which migration: `down.sql` in a migration's own folder, or a down file that bears
 * its name or its version.
 */
export function downScripts(
  files: readonly { path: string; fileName: string; version: string | null }[],
  all: readonly string[],
): DownScripts {
  const downs = all.filter((path) => path.endsWith('.sql') && isDownFile(path));
  const found = new Map<string, string>();
  if (downs.length === 0) return found;
  for (const file of files) {
    const stem = file.fileName.replace(/([._-]up)?\.sql$/, '');
    const folder = folderOf(file.path);
    const ownFolder = folder.endsWith(`/${file.fileName}`) || folder === file.fileName;
    const own = downs.find((path) => {
      if (path === file.path) return false;
      const name = baseName(path);
      if (name === 'down.sql') return ownFolder && folderOf(path) === folder;
      return name.startsWith(`${stem}.`) || name.startsWith(`${stem}_`) || startsWithVersion(name, file.version);
    });
    if (own !== undefined) found.set(file.path, own);
  }
  return found;
}

function startsWithVersion(name: string, version: string | null): boolean {
  return version !== null && (name.startsWith(`${version}_`) || name.startsWith(`${version}.`));
}
