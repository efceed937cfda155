import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const migrationReplay = defineCheck({
  id: 'migration-replay',
  rev: 1,
  title: 'The migrations build the schema from nothing',
  why: 'A history that does not run from an empty database cannot rebuild production after a disaster, and every new branch or developer starts with a broken schema.',
  severity: 'blocker',
  source: 'CATALOGUE 3.3 migration-replay (empty → head)',
  remedy:
    'Mend the statement named, or squash the history (`supabase migration squash`) once production is known to agree with it.',
  falseAlarms:
    'Extensions that this machine lacks are stood in for by their signatures, and objects that hosted Supabase brings are part of the baseline; a failure that names one of these says so in its hint.',
  needs: ['replay'],
  evaluate({ facts }) {
    const { replay } = facts;
    if (replay === null) {
      return notApplicable('nothing was to be replayed');
    }
    return evaluated(
      replay.applied + replay.failures.length,
      'replayed file',
      replay.failures.map(({ path, line, sqlstate, message, hint, consequent }) => ({
        severity: consequent ? ('info' as const) : ('blocker' as const),
        object: objectRef('file', null, path),
        message: consequent
          ? `${path}:${line} fails in the replay too, perhaps only because an earlier file did`
          : `replaying the migrations into an empty database fails at ${path}:${line}: the history does not build the schema`,
        detail: `PostgreSQL says ${sqlstate}: ${message}`,
        fix: { command: hint },
        location: { file: path, line, column: 1 },
      })),
    );
  },
});
