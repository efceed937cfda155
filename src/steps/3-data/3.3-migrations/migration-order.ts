import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { type Matched, type MigrationFile, type MigrationTool, matchHistory } from '../../lib/migration-files.ts';
import { groupBy } from '../../lib/tables.ts';

type Report = (
  path: string,
  severity: 'high' | 'medium' | 'low',
  message: string,
  detail: string,
  command: string,
  rule: string,
) => void;

/** Folders whose name says that what is in them is not meant to run. */
const SET_ASIDE =
  /(^|\/)_?(archived?|old|backups?|deprecated|disabled|drafts?|legacy|unused|squashed|applied|moved)(_\w+)?\//i;

/** What each tool does with a pending file that sorts before what it applied. */
const LATE: Readonly<Record<MigrationTool, string>> = {
  supabase: '“supabase db push” refuses, or runs it out of order',
  prisma: '“prisma migrate deploy” runs it last, a rebuild runs it in its place',
  drizzle: 'drizzle-kit takes it for applied and never runs it, without a word',
  sql: 'the tool refuses it, runs it out of order or takes it for applied',
};

export const migrationOrder = defineCheck({
  id: 'migration-order',
  rev: 2,
  title: 'Migrations have one order, and new ones come last',
  why: 'A file that is skipped, doubled or sorted before what already ran gives one schema on your machine and another in production.',
  severity: 'high',
  source:
    'CATALOGUE 3.3 migration-order; Supabase CLI, migration file names (supabase/cli 2881, 3884); drizzle-orm 5316 and 5769 (created_at as high-water mark)',
  remedy:
    'Name migrations with `supabase migration new`, and rename a pending one that is older than the last applied.',
  falseAlarms:
    'Numbers of another length than 14 digits work and are only low, as long as they sort right. Drizzle’s journal orders its files itself. Files in folders named archive, old, drafts and the like are low.',
  needs: ['repoMigrations'],
  uses: ['migrationHistory'],
  evaluate({ facts }) {
    const { tool, files, directory, skipped, missing, others, declared } = facts.repoMigrations;
    if (tool === null || files.length + skipped.length + missing.length === 0)
      return notApplicable('the repository holds no migration');
    const findings: FindingDraft[] = [];
    const report: Report = (path, severity, message, detail, command, rule) =>
      findings.push({
        object: objectRef('file', null, path),
        severity,
        message,
        detail,
        fix: { command },
        location: { file: path, line: 1, column: 1 },
        discriminator: rule,
      });
    const folder = `${directory ?? ''}/`;
    for (const { path, reason } of skipped) reportSkipped(report, path, path.slice(folder.length), reason);
    for (const tag of missing) {
      report(
        `${folder}${tag}.sql`,
        'high',
        `Drizzle’s journal names ${tag}, and its file is not there: drizzle-kit fails, and no rebuild is whole`,
        'It is in meta/_journal.json.',
        'Restore the file from version control, or drop the migration with “drizzle-kit drop”.',
        'missing',
      );
    }
    for (const file of tool === 'supabase' ? files : []) {
      const digits = file.version ?? '';
      if (digits.length === 14) continue;
      report(
        file.path,
        'low',
        `${file.fileName} has no time stamp of 14 digits: the next migration may sort before it`,
        `Its version is ${digits}.`,
        'Name migrations with “supabase migration new”.',
        'length',
      );
    }
    if (tool !== 'drizzle') reportDoubles(report, files, tool);
    const matched = matchHistory(files, facts.migrationHistory ?? [], tool);
    if (tool === 'drizzle') reportJournalTimes(report, files, matched);
    else reportLate(report, files, matched, tool);
    for (const other of others.filter((folder) => folder.tool !== 'sql')) {
      findings.push({
        object: objectRef('directory', null, other.directory),
        severity: 'low',
        message: `${other.directory} holds ${counted(other.files, 'migration')} too, and is not judged: two folders of migrations have no order between them`,
        detail: `Judged is ${directory ?? '.'}.`,
        fix: { command: `supaready check --migrations ${other.directory}` },
        discriminator: 'other-folder',
      });
    }
    for (const pattern of declared?.empty ?? []) {
      findings.push({
        object: objectRef('file', null, pattern),
        severity: 'medium',
        message: `schema_paths names ${pattern}, which no file matches: what it should declare is left out of every “supabase db diff”`,
        detail: '[db.migrations].schema_paths in config.toml; * and ** do not cross a folder.',
        fix: { command: 'Correct the path in config.toml, or restore the file.' },
        discriminator: 'schema-path',
      });
    }
    return evaluated(files.length + skipped.length, 'migration file', findings);
  },
});

function reportSkipped(report: Report, path: string, short: string, reason: 'name' | 'journal' | 'nested'): void {
  if (reason === 'journal') {
    report(
      path,
      'high',
      `${short} is not in Drizzle’s journal: drizzle-kit never runs it, and what it holds reaches no database`,
      'meta/_journal.json has no entry for it.',
      'Make it with “drizzle-kit generate --custom”, which enters it, or move it out of the folder.',
      'name',
    );
    return;
  }
  const nested = reason === 'nested';
  report(
    path,
    SET_ASIDE.test(path) ? 'low' : 'high',
    `the Supabase CLI skips ${short}: what it holds never reaches a database`,
    nested
      ? 'It is in a folder below, and the CLI reads only the migrations folder itself.'
      : 'The name does not begin with digits and an underscore.',
    nested ? 'Move it up into the migrations folder.' : 'Rename it to YYYYMMDDHHMMSS_name.sql.',
    'name',
  );
}

function reportDoubles(report: Report, files: readonly MigrationFile[], tool: MigrationTool): void {
  const versions = groupBy(
    files.filter((file) => file.version !== null),
    (file) => file.version ?? '',
  );
  for (const [version, same] of versions) {
    for (const file of same.slice(1)) {
      report(
        file.path,
        tool === 'sql' ? 'medium' : 'high',
        `${file.fileName} has the version ${version} of ${same[0]?.fileName}: only one of them can be recorded, and their order is chance`,
        `${same.length} files share the version.`,
        'Give it a version of its own.',
        'duplicate',
      );
    }
  }
}

/** Whether `a` comes before `b` to the tool: the Supabase CLI and Prisma compare names, tools for plain folders numbers. */
function before(tool: MigrationTool, a: string, b: string): boolean {
  return tool === 'sql' && /^\d+$/.test(a) && /^\d+$/.test(b) ? BigInt(a) < BigInt(b) : a < b;
}

function reportLate(report: Report, files: readonly MigrationFile[], matched: Matched, tool: MigrationTool): void {
  const last = matched.rows
    .filter((row) => row.complete)
    .map(({ version }) => version)
    .reduce((latest, version) => (latest === '' || before(tool, latest, version) ? version : latest), '');
  if (last === '') return;
  for (const file of files) {
    if (file.version === null || matched.rowOf(file)?.complete || !before(tool, file.version, last)) continue;
    report(
      file.path,
      'high',
      `${file.fileName} is pending but older than the last applied migration ${last}: ${LATE[tool]}`,
      `It is not in the history, whose last version is ${last}.`,
      'Rename it to a version after the last applied one.',
      'late',
    );
  }
}

/** Drizzle runs a migration only when its journal time is later than the latest one recorded. */
function reportJournalTimes(report: Report, files: readonly MigrationFile[], matched: Matched): void {
  const recorded = Math.max(0, ...matched.rows.map(({ when }) => when ?? 0));
  let latest: MigrationFile | null = null;
  for (const file of files) {
    if (file.when === null) continue;
    const earlier: MigrationFile | null = latest?.when !== undefined && (latest.when ?? 0) >= file.when ? latest : null;
    if (!earlier) latest = file;
    if (matched.rowOf(file)) continue;
    if (matched.rows.length > 0 && file.when <= recorded) {
      report(
        file.path,
        'high',
        `${file.fileName} is pending, and its time in the journal is not later than the last applied one: ${LATE.drizzle}`,
        `“when” is ${file.when}, the last recorded created_at ${recorded}.`,
        'Generate it again after merging (drizzle-kit drop, then generate), so that its time is the latest.',
        'late',
      );
    } else if (earlier) {
      report(
        file.path,
        'medium',
        `${file.fileName} has an earlier time in Drizzle’s journal than ${earlier.fileName} before it: a database that has that one never runs this one`,
        `“when” is ${file.when}, that of ${earlier.fileName} ${earlier.when ?? 0}.`,
        'Give it a “when” later than all before it in meta/_journal.json, or generate it again.',
        'late',
      );
    }
  }
}
