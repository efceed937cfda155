import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { groupBy } from '../../lib/tables.ts';

export const rollback = defineCheck({
  id: 'rollback',
  rev: 1,
  title: 'Every pending migration that destroys something has a way back',
  why: 'When a release has to be undone at night, a dropped column comes back only from a backup, or from a way back that was written beforehand.',
  severity: 'medium',
  source: 'CATALOGUE 3.3 rollback',
  remedy: 'Write a down migration, or split it: stop using the object in one release, drop it in a later one.',
  falseAlarms:
    'Migrations already applied are history and left alone; where no history tells which are pending, statements are low.',
  needs: ['repoMigrations'],
  uses: ['migrationHistory'],
  evaluate({ facts }) {
    const { files, destructive, tool } = facts.repoMigrations;
    if (files.length === 0) return notApplicable('the repository holds no migration');
    const applied = new Set(
      (facts.migrationHistory ?? []).filter((row) => row.tool === tool).map(({ version }) => version),
    );
    const pending = files.filter((file) => {
      const key = tool === 'prisma' ? file.fileName : tool === 'drizzle' ? file.sha256 : file.version;
      return key === null || !applied.has(key);
    });
    const paths = new Set(pending.map(({ path }) => path));
    const open = groupBy(
      destructive.filter((row) => !row.hasDown && paths.has(row.path)),
      ({ path }) => path,
    );
    const findings = [...open].map(([path, rows]): FindingDraft => {
      const first = rows[0];
      return {
        object: objectRef('file', null, path),
        severity: applied.size > 0 ? 'medium' : 'low',
        message: `${path} drops or renames something and has no way back: undoing the release means restoring a backup`,
        detail: `${counted(rows.length, 'statement')}, the first on line ${first?.line ?? 1}: ${first?.statement ?? ''}.`,
        fix: { command: 'Write the down migration or a forward fix, and say so in the release plan.' },
        location: { file: path, line: first?.line ?? 1, column: 1 },
      };
    });
    if (pending.length === 0) return notApplicable('no migration is pending: nothing is left to roll back');
    return evaluated(pending.length, 'pending migration', findings);
  },
});
