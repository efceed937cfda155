import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';

type Applied = Facts['migrationHistory'][number];
type File = Facts['repoMigrations']['files'][number];

/** The key by which a tool's history names a file: Supabase its version, Prisma the folder, Drizzle the content’s hash. */
function keyOfFile(tool: Applied['tool'], file: File): string | null {
  if (tool === 'supabase') return file.version;
  return tool === 'prisma' ? file.fileName : file.sha256;
}

/** Whether a file differs from what was applied; false where the tool stored nothing to compare. */
function edited(applied: Applied, file: File): boolean {
  if (applied.digest === null || applied.tool === 'drizzle') return false;
  const now = applied.tool === 'prisma' ? file.sha256 : file.statementsSha256;
  return now !== null && now !== applied.digest;
}

const MARK_APPLIED: Readonly<Record<Applied['tool'], (version: string) => string>> = {
  supabase: (version) =>
    `supabase migration repair --status reverted ${version}   # or: supabase migration fetch, to get its file back`,
  prisma: (version) => `prisma migrate resolve --rolled-back ${version}`,
  drizzle: () => 'Restore the migration file from version control.',
};
const APPLY: Readonly<Record<Applied['tool'], string>> = {
  supabase: 'supabase db push',
  prisma: 'prisma migrate deploy',
  drizzle: 'drizzle-kit migrate',
};

/** One row a version: Prisma keeps failed attempts beside the one that succeeded. */
function latest(rows: readonly Applied[]): Applied[] {
  const byVersion = new Map<string, Applied>();
  for (const row of rows) {
    if (row.complete || !byVersion.has(row.version)) byVersion.set(row.version, row);
  }
  return [...byVersion.values()];
}

export const migrationHistory = defineCheck({
  id: 'migration-history',
  rev: 1,
  title: 'The database has applied exactly the migrations of the repository',
  why: 'Otherwise what was reviewed and tested is not what runs, and the next deployment fails or destroys something.',
  severity: 'blocker',
  source: 'CATALOGUE 2.3 migration-history; Supabase docs, “Database migrations”; Prisma docs, _prisma_migrations',
  remedy:
    'Bring file and history together: push what is pending, fetch or repair what only the database knows, and never edit an applied file.',
  falseAlarms:
    'Files are compared by their statements, so that comments and blank lines make no difference where the Supabase CLI stored statements.',
  matrix: 'Schema',
  needs: ['migrationHistory', 'repoMigrations'],
  evaluate({ facts }) {
    const { files, tool, directory } = facts.repoMigrations;
    const history = facts.migrationHistory;
    if (tool === 'sql') return notApplicable('plain SQL files without a tool: nothing records which were applied');
    if (tool === null) {
      if (history.length === 0) return notApplicable('neither repository nor database knows of migrations');
      const first = history[0]?.tool ?? 'supabase';
      return evaluated(history.length, 'applied migration', [
        {
          object: objectRef('directory', null, 'migrations'),
          message: `the database has applied ${counted(history.length, 'migration')} of ${first}, but the repository holds none: it cannot be rebuilt or reviewed`,
          fix: {
            command:
              first === 'supabase' ? 'supabase migration fetch' : 'Restore the migration folder from version control.',
          },
        },
      ]);
    }
    const applied = latest(history.filter((row) => row.tool === tool));
    const byKey = new Map(files.map((file) => [keyOfFile(tool, file), file]));
    const known = new Map(applied.map((row) => [row.version, row]));
    if (applied.length === 0 && files.length > 0) {
      return evaluated(files.length, 'migration file', [
        {
          object: objectRef('directory', null, directory ?? 'migrations'),
          message: `none of ${counted(files.length, 'migration file')} is recorded as applied: nobody can tell what this database was made of`,
          detail: `The history table of ${tool} is missing or empty.`,
          fix: { command: `${APPLY[tool]}   # or mark those as applied that already are` },
        },
      ]);
    }
    const findings: FindingDraft[] = [];
    for (const row of applied) {
      const file = byKey.get(row.version);
      const label = row.name ? `${row.version} (${row.name})` : row.version;
      const object = objectRef('migration', null, row.version);
      if (!row.complete) {
        findings.push({
          object,
          message: `the migration ${label} started but never finished: the schema is half-way, and ${tool} refuses to go on`,
          detail: 'Its history row has no finish, or is rolled back.',
          fix: { command: MARK_APPLIED[tool](row.version) },
          discriminator: 'incomplete',
        });
      } else if (!file) {
        findings.push({
          object,
          message: `the database has applied the migration ${label}, which the repository does not hold: a rebuild will lack it`,
          detail: `It is in the history of ${tool}, and no file matches it.`,
          fix: { command: MARK_APPLIED[tool](row.version) },
          discriminator: 'remote-only',
        });
      } else if (edited(row, file)) {
        findings.push({
          object,
          severity: 'high',
          message: `the migration ${label} was edited after it was applied: a rebuild gives another schema than this database has`,
          detail: 'What the history stored and what the file holds differ.',
          fix: { command: 'Restore the file as it was applied, and put the change into a new migration.' },
          location: { file: file.path, line: 1, column: 1 },
          discriminator: 'edited',
        });
      }
    }
    for (const [key, file] of byKey) {
      if (key === null || known.has(key)) continue;
      findings.push({
        object: objectRef('migration', null, tool === 'drizzle' ? file.fileName : key),
        message: `the migration ${file.fileName} was not applied to this database: it does not have what the code expects`,
        detail: `No row of the history of ${tool} matches it.`,
        fix: { command: APPLY[tool] },
        location: { file: file.path, line: 1, column: 1 },
        discriminator: 'unapplied',
      });
    }
    return evaluated(new Set([...known.keys(), ...byKey.keys()]).size, 'migration', findings);
  },
});
