import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import { tableRef } from '../../lib/tables.ts';

export const seedIdempotent = defineCheck({
  id: 'seed-idempotent',
  rev: 1,
  title: 'The seed can be run again without harm',
  why: 'A seed is run again after every half-finished deployment: it must then neither fail nor double the plans and roles it brings.',
  severity: 'medium',
  source: 'CATALOGUE 3.1 seed-idempotent',
  remedy: 'Write each row with a fixed key and `on conflict do nothing` (or `do update`).',
  falseAlarms:
    'It is run twice on a copy of the replayed database, never on the live one. A seed that makes users is one for development and only low. Seeds that are programs (seed.ts) are not run.',
  matrix: 'Seed',
  needs: ['seedReplay'],
  uses: ['repoMigrations'],
  evaluate({ facts }) {
    const replay = facts.seedReplay;
    if (replay === null) return notApplicable('the repository holds no seed that is run');
    const { files, programs, failures, changed } = replay;
    if (files.length === 0) return skipped(`the seed is a program, which is never run here: ${programs.join(', ')}`);
    const severity = isForDevelopment(files, facts.repoMigrations) ? 'low' : 'medium';
    const findings = failures.map(({ path, line, sqlstate, message, run, hint }): FindingDraft => {
      const first = run === 1;
      return {
        object: objectRef('file', null, path),
        severity,
        message: first
          ? `the seed fails at ${path}:${line} on the schema that the migrations make: it brings nothing`
          : `the seed fails at ${path}:${line} when it is run a second time: a deployment that broke off cannot be repeated`,
        detail: `PostgreSQL says ${sqlstate}: ${message}`,
        fix: {
          command: first ? hint : 'Add “on conflict do nothing” to its inserts, and IF NOT EXISTS to what it makes.',
        },
        location: { file: path, line, column: 1 },
        discriminator: first ? 'first' : 'second',
      };
    });
    for (const { schema, table, before, first, second } of changed) {
      findings.push({
        object: tableRef({ schema, name: table }),
        severity,
        message: `the seed run twice leaves ${counted(second, 'row')} in ${qualified(schema, table)} instead of ${first}: each run ${second > first ? 'adds its rows again' : 'takes rows away'}`,
        detail: `${counted(before, 'row')} before the seed, ${first} after the first run, ${second} after the second.`,
        fix: { command: 'Give its rows fixed keys, and insert them with “on conflict do nothing”.' },
        location: { file: files[0] ?? '', line: 1, column: 1 },
      });
    }
    return evaluated(files.length, 'seed file', findings);
  },
});

/** Seeds that insert users run on developers' machines only. */
function isForDevelopment(files: readonly string[], migrations: Facts['repoMigrations'] | undefined): boolean {
  const seeds = new Set(files);
  return migrations?.fixtures.some(({ seed, kind, path }) => seed && kind === 'auth-user' && seeds.has(path)) ?? false;
}
