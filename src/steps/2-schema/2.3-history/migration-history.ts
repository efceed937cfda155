import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { type Applied, type MigrationFile, type MigrationTool, matchHistory } from '../../lib/migration-files.ts';

type Edit = 'none' | 'layout' | 'line ends' | 'content';

/** How a file differs from what was applied; none where the tool stored nothing to compare. */
function editOf(applied: Applied, file: MigrationFile): Edit {
  if (applied.digest === null || file.sha256 === '') return 'none';
  if (applied.tool === 'supabase') {
    if (file.statementsSha256 === null || file.statementsSha256 === applied.digest) return 'none';
    return file.tokensSha256 !== null && file.tokensSha256 === applied.tokensDigest ? 'layout' : 'content';
  }
  if (file.sha256 === applied.digest) return 'none';
  return file.otherNewlinesSha256 === applied.digest ? 'line ends' : 'content';
}

const RESTORE = 'Restore the file as it was applied, and put the change into a new migration.';
/** Each tool's way to bring a row without a file, or a half-run one, into order. */
const REPAIR: Readonly<Record<MigrationTool, (version: string) => string>> = {
  supabase: (version) =>
    `supabase migration repair --status reverted ${version}   # or: supabase migration fetch, to get its file back`,
  prisma: (version) => `prisma migrate resolve --rolled-back ${version}`,
  drizzle: () => 'Restore the migration file from version control.',
  sql: () => 'Restore the migration file from version control, and finish what broke off by hand.',
};
const APPLY: Readonly<Record<MigrationTool, string>> = {
  supabase: 'supabase db push',
  prisma: 'prisma migrate deploy',
  drizzle: 'drizzle-kit migrate',
  sql: 'Run your migration tool (dbmate up, goose up, migrate up, flyway migrate).',
};

export const migrationHistory = defineCheck({
  id: 'migration-history',
  rev: 2,
  title: 'The database has applied exactly the migrations of the repository',
  why: 'Otherwise what was reviewed and tested is not what runs, and the next deployment fails or destroys something.',
  severity: 'blocker',
  source:
    'CATALOGUE 2.3 migration-history; Supabase docs, “Database migrations”; Prisma docs, _prisma_migrations; drizzle-orm, pg-core/dialect (created_at, hash)',
  remedy:
    'Bring file and history together: push what is pending, fetch or repair what only the database knows, and never edit an applied file.',
  falseAlarms:
    'Files are compared by their statements where the Supabase CLI stored them: a change of comments or blanks only is low, and said. Prisma and Drizzle store a hash of the file: there only other line ends can be told apart.',
  matrix: 'Schema',
  needs: ['migrationHistory', 'repoMigrations'],
  evaluate({ facts }) {
    const { files, tool, directory } = facts.repoMigrations;
    const history = facts.migrationHistory;
    if (tool === null) {
      if (history.length === 0) return notApplicable('neither repository nor database knows of migrations');
      const first = history[0]?.tool ?? 'supabase';
      return evaluated(history.length, 'applied migration', [
        {
          object: objectRef('directory', null, 'migrations'),
          message: `the database has applied ${counted(history.length, 'migration')} of ${first === 'sql' ? 'a tool for SQL files' : first}, but the repository holds none: it cannot be rebuilt or reviewed`,
          fix: {
            command:
              first === 'supabase' ? 'supabase migration fetch' : 'Restore the migration folder from version control.',
          },
        },
      ]);
    }
    const { rows, rowOf, fileOf } = matchHistory(files, history, tool);
    if (rows.length === 0) {
      if (tool === 'sql') return notApplicable('plain SQL files without a tool: nothing records which were applied');
      return evaluated(
        files.length,
        'migration file',
        files.length === 0 ? [] : [unrecorded(files.length, tool, directory)],
      );
    }
    const findings: FindingDraft[] = [];
    for (const row of rows) {
      const finding = judgeRow(row, fileOf(row));
      if (finding) findings.push(finding);
    }
    for (const file of files) {
      const row = rowOf(file);
      if (row && !row.rolledBack) continue;
      findings.push({
        object: objectRef('migration', null, tool === 'supabase' ? (file.version ?? file.fileName) : file.fileName),
        message: `the migration ${file.fileName} was not applied to this database: it does not have what the code expects`,
        detail: row
          ? `Its row in the history of ${tool} is marked as rolled back.`
          : `No row of the history of ${tool === 'sql' ? 'the tool' : tool} matches it.`,
        fix: { command: APPLY[tool] },
        location: { file: file.path, line: 1, column: 1 },
        discriminator: 'unapplied',
      });
    }
    const unmatched = rows.filter((row) => !fileOf(row)).length;
    return evaluated(files.length + unmatched, 'migration', findings);
  },
});

function unrecorded(count: number, tool: MigrationTool, directory: string | null): FindingDraft {
  return {
    object: objectRef('directory', null, directory ?? 'migrations'),
    message: `none of ${counted(count, 'migration file')} is recorded as applied: nobody can tell what this database was made of`,
    detail: `The history table of ${tool} is missing or empty.`,
    fix: { command: `${APPLY[tool]}   # or mark those as applied that already are` },
  };
}

function judgeRow(row: Applied, file: MigrationFile | undefined): FindingDraft | null {
  const { tool } = row;
  const label = file && tool === 'drizzle' ? file.fileName : row.name ? `${row.version} (${row.name})` : row.version;
  const object = objectRef('migration', null, file && tool === 'drizzle' ? file.fileName : row.version);
  if (row.rolledBack) return null;
  if (!row.complete) {
    return {
      object,
      message: `the migration ${label} started but never finished: the schema is half-way, and ${tool === 'sql' ? 'the tool' : tool} refuses to go on`,
      detail: tool === 'prisma' ? 'finished_at and rolled_back_at are both empty.' : 'Its row in the history says so.',
      fix: { command: REPAIR[tool](row.version) },
      ...(file && { location: { file: file.path, line: 1, column: 1 } }),
      discriminator: 'incomplete',
    };
  }
  if (!file) {
    return {
      object,
      message: `the database has applied the migration ${label}, which the repository does not hold: a rebuild will lack it`,
      detail: `It is in the history of ${tool === 'sql' ? 'the tool' : tool}, and no file matches it.`,
      fix: { command: REPAIR[tool](row.version) },
      discriminator: 'remote-only',
    };
  }
  const edit = editOf(row, file);
  if (edit === 'none') return null;
  const location = { file: file.path, line: 1, column: 1 };
  if (edit !== 'content') {
    return {
      object,
      severity: 'low',
      message: `the migration ${label} was changed after it was applied, but only in its ${edit === 'layout' ? 'comments and blanks' : 'line ends'}: what it makes is the same`,
      detail:
        edit === 'layout'
          ? 'Stored statements and file have the same tokens.'
          : `With the other kind of line ends the file has the checksum that ${tool} stored; ${tool} itself takes it for another file.`,
      fix: {
        command:
          edit === 'layout'
            ? 'Nothing has to be done.'
            : 'Keep the line ends in git: add “*.sql text eol=lf” to .gitattributes.',
      },
      location,
      discriminator: 'edited',
    };
  }
  return {
    object,
    severity: 'high',
    message: `the migration ${label} was edited after it was applied: a rebuild gives another schema than this database has`,
    detail: 'What the history stored and what the file holds differ.',
    fix: { command: RESTORE },
    location,
    discriminator: 'edited',
  };
}
