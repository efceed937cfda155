import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

export const fixturesInMigrations = defineCheck({
  id: 'fixtures-in-migrations',
  rev: 1,
  title: 'No migration inserts users or test data',
  why: 'Migrations run in production: a user inserted there with a known password can sign in.',
  severity: 'high',
  source: 'CATALOGUE 3.2 fixtures-in-migrations',
  remedy:
    'Move test data into supabase/seed.sql, which `supabase db push` does not run, and delete what has already reached production.',
  falseAlarms: 'Seed files run locally only: users inserted there are low, addresses in them are not reported.',
  matrix: 'Seed',
  needs: ['repoMigrations'],
  evaluate({ facts }) {
    const { files, seeds, fixtures } = facts.repoMigrations;
    if (files.length + seeds.length === 0) return notApplicable('the repository holds neither migrations nor seeds');
    const findings = fixtures.flatMap((fixture): FindingDraft[] => {
      if (fixture.seed && fixture.kind === 'fixture-email') return [];
      const user = fixture.kind === 'auth-user';
      return [
        {
          object: objectRef('file', null, fixture.path),
          severity: fixture.seed ? 'low' : 'high',
          message: fixture.seed
            ? `the seed ${fixture.path} makes a user whose password is in the repository: it must never be run against production (--include-seed)`
            : user
              ? `the migration ${fixture.path} inserts into auth.users: a user whose password is in the repository reaches production`
              : `the migration ${fixture.path} inserts rows with test addresses: they reach production`,
          detail: `Line ${fixture.line}.`,
          fix: {
            command: fixture.seed
              ? 'Keep seeds out of production deployments.'
              : 'Move the statement to supabase/seed.sql, and add a migration that deletes the rows.',
          },
          location: { file: fixture.path, line: fixture.line, column: 1 },
          discriminator: fixture.kind,
        },
      ];
    });
    return evaluated(files.length + seeds.length, 'migration or seed file', findings);
  },
});
