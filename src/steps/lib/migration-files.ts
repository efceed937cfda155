import type { Facts } from '../../core/facts.ts';

export type Applied = Facts['migrationHistory'][number];
export type MigrationFile = Facts['repoMigrations']['files'][number];
export type MigrationTool = Applied['tool'];

/** `007` and `7` are one version to the tools that count. */
function number(version: string): string {
  return version.replace(/^0+(?=\d)/, '');
}

/** Whether a row of the history speaks of this file: by version, by folder, by the journal's time or else the content's hash. */
export function speaksOf(row: Applied, file: MigrationFile): boolean {
  switch (row.tool) {
    case 'supabase':
      return row.version === file.version;
    case 'prisma':
      return row.version === file.fileName;
    case 'drizzle':
      return (row.when !== null && row.when === file.when) || row.digest === file.sha256;
    case 'sql':
      if (file.version === null) return false;
      if (row.upTo) return BigInt(number(file.version)) <= BigInt(number(row.version));
      return number(row.version) === number(file.version);
  }
}

/** Pairs of file and row, each way, in time linear in both. */
export interface Matched {
  /** The rows of the repository's tool; of several attempts at one migration the one that succeeded. */
  rows: Applied[];
  rowOf(file: MigrationFile): Applied | undefined;
  fileOf(row: Applied): MigrationFile | undefined;
}

/** What the history of the repository's tool and its files say of each other. */
export function matchHistory(
  files: readonly MigrationFile[],
  history: readonly Applied[],
  tool: string | null,
): Matched {
  const rows = latest(history.filter((row) => row.tool === tool));
  const byVersion = new Map(rows.map((row) => [tool === 'sql' ? number(row.version) : row.version, row]));
  const byWhen = new Map(rows.flatMap((row) => (row.when === null ? [] : [[row.when, row] as const])));
  const upTo = rows.filter((row) => row.upTo);
  const ofFile = new Map<MigrationFile, Applied>();
  const ofRow = new Map<Applied, MigrationFile>();
  for (const file of files) {
    const key = tool === 'prisma' ? file.fileName : tool === 'drizzle' ? file.sha256 : file.version;
    const row =
      (file.when === null ? undefined : byWhen.get(file.when)) ??
      (key === null ? undefined : byVersion.get(tool === 'sql' ? number(key) : key)) ??
      upTo.find((last) => speaksOf(last, file));
    if (!row) continue;
    ofFile.set(file, row);
    if (!ofRow.has(row)) ofRow.set(row, file);
  }
  return { rows, rowOf: (file) => ofFile.get(file), fileOf: (row) => ofRow.get(row) };
}

/** One row a version: Prisma keeps failed attempts beside the one that succeeded. */
function latest(rows: readonly Applied[]): Applied[] {
  const byVersion = new Map<string, Applied>();
  for (const row of rows) {
    const key = row.when === null ? row.version : String(row.when);
    const known = byVersion.get(key);
    if (!known || row.complete || (known.rolledBack && !row.rolledBack)) byVersion.set(key, row);
  }
  return [...byVersion.values()];
}

/** The migrations that are still to run, as far as anybody knows. */
export interface Pending {
  files: MigrationFile[];
  /** False where no history says what is applied: then every file counts as pending. */
  known: boolean;
  /** Noun and plural for what was looked at, saying which of both it is. */
  noun: string;
  plural: string;
}

/** Pending = in the repository, and not applied according to the live history of its tool. */
export function pendingMigrations(facts: {
  repoMigrations: Facts['repoMigrations'];
  migrationHistory?: Facts['migrationHistory'];
}): Pending {
  const { files, tool } = facts.repoMigrations;
  const { rows, rowOf } = matchHistory(files, facts.migrationHistory ?? [], tool);
  if (rows.length === 0) {
    const why = '(no history says which are applied: all are taken as pending, on an empty database)';
    return { files: [...files], known: false, noun: `migration ${why}`, plural: `migrations ${why}` };
  }
  const pending = files.filter((file) => rowOf(file)?.complete !== true);
  return { files: pending, known: true, noun: 'pending migration', plural: 'pending migrations' };
}
