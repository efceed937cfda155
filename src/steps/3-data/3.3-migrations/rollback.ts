import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { pendingMigrations } from '../../lib/migration-files.ts';
import { groupBy } from '../../lib/tables.ts';
import { listed } from './differing-objects.ts';

export const rollback = defineCheck({
  id: 'rollback',
  rev: 2,
  title: 'What a pending migration destroys has a way back, and the way back works',
  why: 'When a release has to be undone at night, a dropped column comes back only from a backup, or from a way back that was written and tried beforehand.',
  severity: 'medium',
  source: 'CATALOGUE 3.3 rollback (up → down → up)',
  remedy: 'Write a down migration, or split it: stop using the object in one release, drop it in a later one.',
  falseAlarms:
    'Migrations already applied are history and left alone; where no history tells which are pending, statements are low. A comment in the file that says how to go back or forward (-- Rollback: …, -- Forward fix: …) is taken as written. Down scripts are tried in a copy of the replayed database; the order of columns does not count.',
  needs: ['repoMigrations'],
  uses: ['migrationHistory', 'downScripts'],
  evaluate({ facts }) {
    const { files, destructive } = facts.repoMigrations;
    if (files.length === 0) return notApplicable('the repository holds no migration');
    const pending = pendingMigrations(facts);
    const paths = new Set(pending.files.filter(({ wayBackNoted }) => !wayBackNoted).map(({ path }) => path));
    const open = groupBy(
      destructive.filter((row) => !row.hasDown && paths.has(row.path)),
      ({ path }) => path,
    );
    const findings = [...open].map(([path, rows]): FindingDraft => {
      const first = rows[0];
      return {
        object: objectRef('file', null, path),
        severity: pending.known ? 'medium' : 'low',
        message: `${path} drops or renames something and has no way back: undoing the release means restoring a backup`,
        detail: `${counted(rows.length, 'statement')}, the first on line ${first?.line ?? 1}: ${first?.statement ?? ''}.`,
        fix: { command: 'Write the down migration or a forward fix, and say so in the release plan.' },
        location: { file: path, line: first?.line ?? 1, column: 1 },
      };
    });
    const downs = facts.downScripts ?? null;
    for (const { path, line, sqlstate, message, step, migration } of downs?.failures ?? []) {
      findings.push({
        object: objectRef('file', null, migration),
        severity: 'high',
        message:
          step === 'down'
            ? `undoing ${migration} fails at ${path}:${line}: there is no way back`
            : `${migration} cannot be run again after its down script (line ${line}): the way back does not undo it all`,
        detail: `PostgreSQL says ${sqlstate}: ${message}`,
        fix: { command: `Mend ${step === 'down' ? path : 'the down script'}, and try up, down, up.` },
        location: { file: path, line, column: 1 },
        discriminator: step,
      });
    }
    for (const { path, down, differences, total } of downs?.unequal ?? []) {
      findings.push({
        object: objectRef('file', null, path),
        severity: 'high',
        message: `${path} undone and run again makes another schema than before: its down script leaves something or takes too much`,
        detail: `Differs: ${listed(differences, total, 'before', 'afterwards')}.`,
        fix: { command: `Mend ${down === path ? 'the down part of the file' : down}, and try up, down, up.` },
        location: { file: down, line: 1, column: 1 },
        discriminator: 'unequal',
      });
    }
    const tried = downs?.judged.length ?? 0;
    if (pending.files.length + tried === 0)
      return notApplicable('no migration is pending: nothing is left to roll back');
    if (pending.files.length === 0) return evaluated(tried, 'down script', findings);
    return evaluated(pending.files.length, pending.noun, findings, pending.plural);
  },
});
