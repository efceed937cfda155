import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { groupBy } from '../../lib/tables.ts';

export const migrationOrder = defineCheck({
  id: 'migration-order',
  rev: 1,
  title: 'Migrations have one order, and new ones come last',
  why: 'A file that is skipped, doubled or sorted before what already ran gives one schema on your machine and another in production.',
  severity: 'high',
  source: 'CATALOGUE 3.3 migration-order; Supabase CLI, migration file names',
  remedy:
    'Name migrations with `supabase migration new`, and rename a pending one that is older than the last applied.',
  falseAlarms:
    'Numbers of another length than 14 digits work and are only low, as long as they sort right. Drizzle’s journal orders its files itself.',
  needs: ['repoMigrations'],
  uses: ['migrationHistory', 'repoFiles'],
  evaluate({ facts }) {
    const { tool, files, directory } = facts.repoMigrations;
    if (files.length === 0) return notApplicable('the repository holds no migration');
    const findings: FindingDraft[] = [];
    const report = (
      path: string,
      severity: 'high' | 'low',
      message: string,
      detail: string,
      command: string,
      rule: string,
    ) =>
      findings.push({
        object: objectRef('file', null, path),
        severity,
        message,
        detail,
        fix: { command },
        location: { file: path, line: 1, column: 1 },
        discriminator: rule,
      });
    const taken = new Set(files.map(({ path }) => path));
    const folder = `${directory ?? ''}/`;
    for (const path of tool === 'supabase' ? (facts.repoFiles?.files ?? []) : []) {
      const inFolder = path.startsWith(folder) && !path.slice(folder.length).includes('/');
      if (!inFolder || !path.endsWith('.sql') || taken.has(path)) continue;
      report(
        path,
        'high',
        `the Supabase CLI skips ${path.slice(folder.length)}: what it holds never reaches a database`,
        'The name does not begin with digits and an underscore.',
        'Rename it to YYYYMMDDHHMMSS_name.sql.',
        'name',
      );
    }
    for (const file of tool === 'supabase' ? files : []) {
      const digits = file.version ?? '';
      if (digits.length !== 14) {
        report(
          file.path,
          'low',
          `${file.fileName} has no time stamp of 14 digits: the next migration may sort before it`,
          `Its version is ${digits}.`,
          'Name migrations with “supabase migration new”.',
          'length',
        );
      }
    }
    if (tool === 'supabase' || tool === 'prisma') {
      const versions = groupBy(
        files.filter((file) => file.version !== null),
        (file) => file.version ?? '',
      );
      for (const [version, same] of versions) {
        for (const file of same.slice(1)) {
          report(
            file.path,
            'high',
            `${file.fileName} has the version ${version} of ${same[0]?.fileName}: only one of them can be recorded, and their order is chance`,
            `${same.length} files share the version.`,
            'Give it a version of its own.',
            'duplicate',
          );
        }
      }
    }
    const applied = (facts.migrationHistory ?? [])
      .filter((row) => row.tool === tool && row.tool === 'supabase')
      .map(({ version }) => version);
    const last = applied.sort().at(-1) ?? '';
    const known = new Set(applied);
    for (const file of files) {
      if (last === '' || file.version === null || known.has(file.version) || file.version > last) continue;
      report(
        file.path,
        'high',
        `${file.fileName} is pending but older than the last applied migration ${last}: “supabase db push” refuses, or runs it out of order`,
        `It is not in the history, whose last version is ${last}.`,
        'Rename it to a version after the last applied one.',
        'late',
      );
    }
    return evaluated(files.length, 'migration file', findings);
  },
});
