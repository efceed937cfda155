import { nearest } from '../config-toml.ts';
import { baseName, byCodeUnit, folderOf, joinPath, type Repository } from '../files.ts';

export type MigrationTool = 'supabase' | 'prisma' | 'drizzle' | 'sql';

/** One migration file and how its tool names it. */
export interface MigrationFile {
  path: string;
  /** File name, or the folder's name for Prisma. */
  fileName: string;
  /** Supabase: the digits in front. Prisma: the folder's name. Drizzle: the tag. Plain SQL: digits in front, else null. */
  version: string | null;
  name: string;
}

export interface Migrations {
  tool: MigrationTool | null;
  directory: string | null;
  /** In the order the tool applies them. */
  files: MigrationFile[];
}

const SUPABASE_FILE = /^(\d+)_(.*)\.sql$/;
const NUMBERED_FILE = /^[Vv]?(\d+)[._-]*(.*)\.sql$/;
const SQL_FOLDERS = new Set(['migrations', 'migration', 'migrate', 'schema_migrations']);

/**
 * Finds the migrations and the tool that owns them. `override` is the user's folder, relative to the root.
 * Order of belief: the override, supabase/migrations, Drizzle's journal, Prisma's folders, a folder of numbered SQL files.
 */
export function findMigrations(repository: Repository, override: string | undefined): Migrations {
  const all = [...new Set([...repository.files, ...repository.untracked])]
    .filter((path) => !path.includes('node_modules/'))
    .sort(byCodeUnit);
  const sql = all.filter((path) => path.endsWith('.sql'));
  if (override !== undefined) {
    const directory = joinPath('', override.replaceAll('\\', '/')) ?? '';
    return inFolder(repository, all, directory);
  }

  const supabase = byFolder(
    sql.filter((path) => SUPABASE_FILE.test(baseName(path)) && /(^|\/)supabase\/migrations$/.test(folderOf(path))),
  );
  const supabaseFolder = nearest([...supabase.keys()]);
  if (supabaseFolder !== null) return inFolder(repository, all, supabaseFolder);

  const journals = all.filter((path) => path.endsWith('meta/_journal.json'));
  const journal = nearest(journals);
  if (journal !== null) return inFolder(repository, all, folderOf(folderOf(journal)));

  const prisma = all.filter((path) => /(^|\/)migrations\/[^/]+\/migration\.sql$/.test(path));
  const prismaFolder = nearest(prisma.map((path) => folderOf(folderOf(path))));
  if (prismaFolder !== null) return inFolder(repository, all, prismaFolder);

  const plain = byFolder(sql.filter((path) => SQL_FOLDERS.has(baseName(folderOf(path)).toLowerCase())));
  const plainFolder = nearest([...plain.keys()]);
  return plainFolder === null ? { tool: null, directory: null, files: [] } : inFolder(repository, all, plainFolder);
}

function byFolder(paths: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const path of paths) folders.set(folderOf(path), [...(folders.get(folderOf(path)) ?? []), path]);
  return folders;
}

function inFolder(repository: Repository, all: readonly string[], directory: string): Migrations {
  const prefix = directory === '' ? '' : `${directory}/`;
  const below = all.filter((path) => path.startsWith(prefix));
  const direct = below.filter((path) => path.endsWith('.sql') && folderOf(path) === directory);

  const folders = below.filter((path) => baseName(path) === 'migration.sql' && folderOf(folderOf(path)) === directory);
  if (folders.length > 0 && direct.length === 0) {
    const files = folders.map((path) => {
      const fileName = baseName(folderOf(path));
      return { path, fileName, version: fileName, name: fileName.replace(/^\d+_/, '') };
    });
    return { tool: 'prisma', directory, files };
  }

  const journal = below.find((path) => path === `${prefix}meta/_journal.json`);
  const tags = journal ? journalTags(repository.read(journal)?.text ?? '') : null;
  if (tags) {
    const files = tags.flatMap((tag) => {
      const path = `${prefix}${tag}.sql`;
      return direct.includes(path)
        ? [{ path, fileName: `${tag}.sql`, version: tag, name: tag.replace(/^\d+_/, '') }]
        : [];
    });
    return { tool: 'drizzle', directory, files };
  }

  if (/(^|\/)supabase\/migrations$/.test(directory)) {
    // The Supabase CLI skips files that do not match its pattern.
    const files = direct.flatMap((path) => {
      const match = SUPABASE_FILE.exec(baseName(path));
      return match ? [{ path, fileName: baseName(path), version: match[1] ?? null, name: match[2] ?? '' }] : [];
    });
    return { tool: 'supabase', directory, files };
  }

  const files = direct
    .filter((path) => !isDownFile(path))
    .map((path) => {
      const match = NUMBERED_FILE.exec(baseName(path));
      const stem = baseName(path).replace(/(\.up)?\.sql$/, '');
      return {
        path,
        fileName: baseName(path),
        version: match?.[1] ?? null,
        name: match?.[2]?.replace(/\.up$/, '') ?? stem,
      };
    });
  const numbered = files.length > 0 && files.every((file) => SUPABASE_FILE.test(file.fileName));
  return files.length === 0
    ? { tool: null, directory, files }
    : {
        tool: numbered && files.every((file) => (file.version?.length ?? 0) === 14) ? 'supabase' : 'sql',
        directory,
        files,
      };
}

function journalTags(text: string): string[] | null {
  try {
    const { entries } = JSON.parse(text) as { entries?: { idx?: number; tag?: unknown }[] };
    if (!Array.isArray(entries)) return null;
    return [...entries]
      .sort((a, b) => (a.idx ?? 0) - (b.idx ?? 0))
      .flatMap((entry) => (typeof entry.tag === 'string' ? [entry.tag] : []));
  } catch {
    return null;
  }
}

/** `x.down.sql`, `x_down.sql`, `down.sql`, files in a folder `down`, `rollback`, `rollbacks`. */
export function isDownFile(path: string): boolean {
  return (
    /(^|[._-])(down|rollback|undo|revert)\.sql$/i.test(baseName(path)) ||
    /(^|\/)(down|downs|rollbacks?|undo)\//i.test(path)
  );
}

/** Whether the repository has a file that undoes this migration. */
export function downFileOf(file: MigrationFile, all: readonly string[]): string | null {
  const stem = file.fileName.replace(/(\.up)?\.sql$/, '');
  const folder = folderOf(file.path);
  return (
    all.find(
      (path) =>
        isDownFile(path) &&
        path !== file.path &&
        ((folderOf(path) === folder && (baseName(path) === 'down.sql' || baseName(path).startsWith(stem))) ||
          baseName(path).startsWith(stem) ||
          (file.version !== null && baseName(path).startsWith(`${file.version}_`))),
    ) ?? null
  );
}

/** Seed scripts: `[db.seed].sql_paths` of config.toml when it says so, else files and folders named seed. */
export function findSeeds(
  repository: Repository,
  supabaseFolder: string | null,
  sqlPaths: readonly string[] | null,
): string[] {
  const all = [...new Set([...repository.files, ...repository.untracked])].filter(
    (path) => !path.includes('node_modules/'),
  );
  const named = all.filter(
    (path) =>
      (/^seed([._-][^/]*)?\.(sql|ts|js|mjs|cjs)$/i.test(baseName(path)) && !/\.(test|spec)\./.test(path)) ||
      (path.endsWith('.sql') && /(^|\/)seeds?\//i.test(path)),
  );
  const configured =
    supabaseFolder === null || sqlPaths === null
      ? []
      : sqlPaths.flatMap((pattern) => {
          const full = joinPath(supabaseFolder, pattern);
          if (full === null) return [];
          const expression = globExpression(full);
          return all.filter((path) => expression.test(path));
        });
  return [...new Set([...configured, ...named])].sort(byCodeUnit);
}

function globExpression(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\//g, '\u0001')
    .replace(/\*\*/g, '\u0002')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replaceAll('\u0001', '(?:.*/)?')
    .replaceAll('\u0002', '.*');
  return new RegExp(`^${source}$`);
}
