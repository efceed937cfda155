import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { located } from '../../lib/origins.ts';
import { type Difference, refOf } from './differing-objects.ts';

export const migrationReplay = defineCheck({
  id: 'migration-replay',
  rev: 2,
  title: 'The migrations build the schema from nothing, and the same one every time',
  why: 'A history that does not run from an empty database, or not twice alike, cannot rebuild production after a disaster, and every new branch or developer starts with another schema.',
  severity: 'blocker',
  source: 'CATALOGUE 3.3 migration-replay (empty → head; two runs, one schema)',
  remedy:
    'Mend the statement named, or squash the history (`supabase migration squash`) once production is known to agree with it. Give objects fixed names, not names made of the time or of random().',
  falseAlarms:
    'Extensions that this machine lacks are stood in for by their signatures, and objects that hosted Supabase brings are part of the baseline; a failure that names one of these says so in its hint. The second replay runs 400 days later by the clock of the database; partitions that are made for today’s date then differ, which is low. CURRENT_DATE and its like cannot be put forward.',
  needs: ['replay'],
  uses: ['replayTwice', 'repoMigrations'],
  evaluate({ facts }) {
    const { replay, replayTwice } = facts;
    if (replay === null || replay.tool === null) return notApplicable('nothing was to be replayed');
    const findings = replay.failures.map(
      ({ path, line, sqlstate, message, hint, consequent }): FindingDraft => ({
        severity: consequent ? 'info' : 'blocker',
        object: objectRef('file', null, path),
        message: consequent
          ? `${path}:${line} fails in the replay too, perhaps only because an earlier file did`
          : `replaying the migrations into an empty database fails at ${path}:${line}: the history does not build the schema`,
        detail: `PostgreSQL says ${sqlstate}: ${message}`,
        fix: { command: hint },
        location: { file: path, line, column: 1 },
      }),
    );
    const files = replay.applied + replay.failures.length;
    if (!replayTwice) {
      if (findings.length > 0) return evaluated(files, 'replayed file', findings);
      return skipped(
        `${files === 1 ? 'the one file replays' : `all ${files} files replay`}, but whether a second replay makes the same could not be tried; leave --shadow-url out to use the embedded PostgreSQL`,
      );
    }
    for (const { path, line, sqlstate, message, consequent } of replayTwice.failures) {
      findings.push({
        severity: consequent ? 'info' : 'high',
        object: objectRef('file', null, path),
        message: `replaying the migrations again fails at ${path}:${line}, which ran the first time: whether the schema can be rebuilt hangs on the day or on chance`,
        detail: `${replayTwice.daysLater} days later by the database’s clock, PostgreSQL says ${sqlstate}: ${message}`,
        fix: { command: 'Write what the statement needs of time or chance as a constant.' },
        location: { file: path, line, column: 1 },
        discriminator: 'second',
      });
    }
    // What is missing because a file failed is said with the file.
    if (replayTwice.failures.length === 0) {
      findings.push(
        ...replayTwice.differences.map((difference) => differing(facts, difference, replayTwice.daysLater)),
      );
      if (replayTwice.total > replayTwice.differences.length) {
        findings.push({
          severity: 'info',
          object: objectRef('directory', null, replay.directory ?? 'migrations'),
          message: `${replayTwice.total - replayTwice.differences.length} more objects differ between two replays`,
          discriminator: 'second',
        });
      }
    }
    return evaluated(files, 'replayed file', findings);
  },
});

function differing(
  facts: { repoMigrations?: Facts['repoMigrations'] },
  difference: Difference,
  daysLater: number,
): FindingDraft {
  const object = refOf(difference);
  const { where, partition } = difference;
  const alone = where === 'both' ? null : where === 'first' ? 'the first' : 'the second';
  return {
    object,
    severity: partition ? 'low' : 'high',
    message: partition
      ? `the migrations make this partition only ${alone === null ? 'differently each time' : `in ${alone} of two replays`}: it is made for the day on which they run`
      : alone === null
        ? 'two replays of the migrations define this differently: a rebuild does not give the schema that was tested'
        : `the migrations make this only in ${alone} of two replays: its name hangs on time or chance, and no later migration can count on it`,
    detail: `Replayed twice into fresh databases, the second ${daysLater} days later by its clock.`,
    fix: { command: 'Give it a fixed name and definition in the migration; make partitions by a job.' },
    ...located(facts, object),
    discriminator: `repeat ${where}`,
  };
}
