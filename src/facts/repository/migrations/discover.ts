import { baseName, byCodeUnit, folderOf, joinPath, type Repository } from '../files.ts';
import { type DownScripts, downScripts, isDownFile } from './down-files.ts';
import { type JournalEntry, readJournal, whenOfName } from './journal.ts';

export type MigrationTool = 'supabase' | 'prisma' | 'drizzle' | 'sql';

/** One migration file and how its tool names it. */
export interface MigrationFile {
  path: string;
  /** File name, or the folder's name where each migration has a folder. */
  fileName: string;
  /** Supabase: the digits in front. Prisma: the folder's name. Drizzle: the tag. Plain SQL: digits in front, else null. */
  version: string | null;
  name: string;
  /** Drizzle: the milliseconds by which it tells what is applied; null for other tools. */
  when: number | null;
}

export interface Migrations {
  tool: MigrationTool | null;
  directory: string | null;
  /** In the order the tool applies them. */
  files: MigrationFile[];
  /** Scripts in the folder that the tool never runs. */
  skipped: { path: string; reason: 'name' | 'journal' | 'nested' }[];
  /** Migrations the tool's journal names without a file. */
  missing: string[];
  /** What undoes a file: a script of its own, by the file's path. */
  downs: DownScripts;
  /** Other folders of migrations, which are not judged. */
  others: { tool: MigrationTool; directory: string; files: number }[];
}

const SUPABASE_FILE = /^(\d+)_(.*)\.sql$/;
const NUMBERED_FILE = /^[Vv]?(\d+)[._-]*(.*)\.sql$/;
const SQL_FOLDERS = new Set(['migrations', 'migration', 'migrate', 'schema_migrations']);
const SUPABASE_FOLDER = /(^|\/)supabase\/migrations$/;
/** Folders of other people's projects, or of tests. */
const SIDE_FOLDER = /(^|\/)(examples?|templates?|fixtures?|__tests__|tests?|docs?|samples?|e2e)(\/|$)/i;
/** How Supabase's time stamps read. */
const STAMPED = /^\d{14}_.*\.sql$/;

const NONE: Migrations = {
  tool: null,
  directory: null,
  files: [],
  skipped: [],
  missing: [],
  downs: new Map(),
  others: [],
};

/** The folder nearest to the root, those of examples and tests last; of two as near, the one with more files. */
function best(folders: ReadonlyMap<string, readonly string[]>): string | null {
  const depth = (folder: string) => folder.split('/').length;
  const [first] = [...folders].sort(
    ([a, ofA], [b, ofB]) =>
      Number(SIDE_FOLDER.test(a)) - Number(SIDE_FOLDER.test(b)) ||
      depth(a) - depth(b) ||
      ofB.length - ofA.length ||
      byCodeUnit(a, b),
  );
  return first?.[0] ?? null;
}

/**
 * Finds the migrations and the tool that owns them. `override` is the user's folder, relative to the root.
 * Order of belief: the override, supabase/migrations, Drizzle's journal, Prisma's or Drizzle's folders, a folder of SQL files.
 */
export function findMigrations(repository: Repository, override: string | undefined): Migrations {
  const all = [...new Set([...repository.files, ...repository.untracked])]
    .filter((path) => !path.includes('node_modules/'))
    .sort(byCodeUnit);
  if (override !== undefined) {
    const directory = joinPath('', override.replaceAll('\\', '/')) ?? '';
    return inFolder(repository, all, directory);
  }
  const sql = all.filter((path) => path.endsWith('.sql'));
  const supabase = byFolder(
    sql.filter((path) => SUPABASE_FILE.test(baseName(path)) && SUPABASE_FOLDER.test(folderOf(path))),
  );
  const journals = new Map(
    all
      .filter((path) => path.endsWith('meta/_journal.json') && readJournal(repository, path) !== null)
      .map((path) => [folderOf(folderOf(path)), [path]]),
  );
  const perFolder = byFolder(
    sql.filter((path) => baseName(path) === 'migration.sql'),
    (path) => folderOf(folderOf(path)),
  );
  const plain = byFolder(
    sql.filter((path) => SQL_FOLDERS.has(baseName(folderOf(path)).toLowerCase()) && !isDownFile(path)),
  );
  const kinds = [supabase, journals, perFolder, plain];
  const chosen = kinds.map(best).find((folder) => folder !== null) ?? null;
  if (chosen === null) return NONE;
  const others = new Set(kinds.flatMap((folders) => [...folders.keys()]));
  return {
    ...inFolder(repository, all, chosen),
    others: [...others]
      .filter((folder) => folder !== chosen && !SIDE_FOLDER.test(folder) && !folder.startsWith(`${chosen}/`))
      .sort(byCodeUnit)
      .flatMap((folder) => {
        const { tool, files } = inFolder(repository, all, folder);
        return tool === null ? [] : [{ tool, directory: folder, files: files.length }];
      }),
  };
}

function byFolder(paths: readonly string[], folder: (path: string) => string = folderOf): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const known = folders.get(folder(path));
    if (known) known.push(path);
    else folders.set(folder(path), [path]);
  }
  return folders;
}

function inFolder(repository: Repository, all: readonly string[], directory: string): Migrations {
  const prefix = directory === '' ? '' : `${directory}/`;
  const below = all.filter((path) => path.startsWith(prefix));
  const direct = below.filter((path) => path.endsWith('.sql') && folderOf(path) === directory);
  const found = (tool: MigrationTool, files: MigrationFile[], more: Partial<Migrations> = {}): Migrations => ({
    ...NONE,
    tool: files.length + (more.skipped?.length ?? 0) === 0 ? null : tool,
    directory,
    files,
    downs: downScripts(files, all),
    ...more,
  });

  const folders = below.filter((path) => baseName(path) === 'migration.sql' && folderOf(folderOf(path)) === directory);
  const journal = readJournal(repository, `${prefix}meta/_journal.json`);
  const stamped = direct.length > 0 && direct.every((path) => STAMPED.test(baseName(path)));
  // Drizzle writes Supabase's names for those who push with the Supabase CLI, which reads no journal.
  const forSupabase = SUPABASE_FOLDER.test(directory) && (journal === null || stamped);

  if (folders.length > 0 && direct.length === 0 && !forSupabase) return perFolder(folders, below, found);
  if (journal !== null && !forSupabase) return byJournal(journal, prefix, direct, found);
  if (forSupabase) {
    const applied = direct.filter((path) => SUPABASE_FILE.test(baseName(path)));
    const files = applied.map((path) => {
      const [, version = null, name = ''] = SUPABASE_FILE.exec(baseName(path)) ?? [];
      return { path, fileName: baseName(path), version, name, when: null };
    });
    // The Supabase CLI runs nothing in folders below, and no file of another name.
    const nested = below.filter((path) => path.endsWith('.sql') && folderOf(path) !== directory);
    return found('supabase', files, {
      skipped: [
        ...direct.filter((path) => !applied.includes(path)).map((path) => ({ path, reason: 'name' as const })),
        ...nested.map((path) => ({ path, reason: 'nested' as const })),
      ].filter(({ path }) => !isDownFile(path)),
    });
  }
  const files = direct
    .filter((path) => !isDownFile(path))
    .map((path) => {
      const match = NUMBERED_FILE.exec(baseName(path));
      const stem = baseName(path).replace(/(\.up)?\.sql$/, '');
      const name = match?.[2]?.replace(/\.up$/, '') ?? stem;
      return { path, fileName: baseName(path), version: match?.[1] ?? null, name, when: null };
    });
  return found(stamped ? 'supabase' : 'sql', inNumberOrder(files));
}

/** `2_x.sql` before `10_x.sql`: tools for plain folders compare the numbers; what has none keeps the order of its name. */
function inNumberOrder(files: MigrationFile[]): MigrationFile[] {
  if (!files.every((file) => file.version !== null)) return files;
  return files.toSorted((a, b) => {
    const [first, second] = [BigInt(a.version ?? 0), BigInt(b.version ?? 0)];
    return first === second ? byCodeUnit(a.path, b.path) : first < second ? -1 : 1;
  });
}

type Found = (tool: MigrationTool, files: MigrationFile[], more?: Partial<Migrations>) => Migrations;

/** Prisma, and Drizzle from its version 1 on, give each migration a folder; Drizzle's holds a snapshot too. */
function perFolder(paths: readonly string[], below: readonly string[], found: Found): Migrations {
  const drizzle = below.some((path) => baseName(path) === 'snapshot.json');
  const files = paths.map((path) => {
    const fileName = baseName(folderOf(path));
    const when = drizzle ? whenOfName(fileName) : null;
    return { path, fileName, version: fileName, name: fileName.replace(/^\d+_/, ''), when };
  });
  return found(drizzle ? 'drizzle' : 'prisma', files);
}

function byJournal(
  journal: readonly JournalEntry[],
  prefix: string,
  direct: readonly string[],
  found: Found,
): Migrations {
  const there = new Set(direct);
  const pathOf = ({ tag }: JournalEntry) => `${prefix}${tag}.sql`;
  const files = journal
    .filter((entry) => there.has(pathOf(entry)))
    .map((entry) => ({
      path: pathOf(entry),
      fileName: `${entry.tag}.sql`,
      version: entry.tag,
      name: entry.tag.replace(/^\d+_/, ''),
      when: entry.when,
    }));
  const applied = new Set(files.map(({ path }) => path));
  return found('drizzle', files, {
    skipped: direct
      .filter((path) => !applied.has(path) && !isDownFile(path))
      .map((path) => ({ path, reason: 'journal' as const })),
    missing: journal.filter((entry) => !there.has(pathOf(entry))).map(({ tag }) => tag),
  });
}

/** Seed scripts: what `[db.seed].sql_paths` of config.toml names, in its order, then files and folders named seed. */
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
  const configured = supabaseFolder === null ? [] : filesOfGlobs(all, supabaseFolder, sqlPaths ?? []).paths;
  return [...new Set([...configured, ...named.sort(byCodeUnit)])];
}

/**
 * Files that the patterns of config.toml name, in the order of the patterns and within one by name, as the Supabase CLI
 * takes them: `*` and `**` stop at a slash (supabase/cli issue 3394). `empty` are the patterns that name nothing.
 */
export function filesOfGlobs(
  all: readonly string[],
  folder: string,
  patterns: readonly string[],
): { paths: string[]; empty: string[] } {
  const paths: string[] = [];
  const empty: string[] = [];
  for (const pattern of patterns) {
    const full = joinPath(folder, pattern);
    const expression = full === null ? null : globExpression(full);
    const hits = expression ? all.filter((path) => expression.test(path)).sort(byCodeUnit) : [];
    if (hits.length === 0) empty.push(pattern);
    paths.push(...hits);
  }
  return { paths: [...new Set(paths)], empty };
}

function globExpression(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${source}$`);
}
