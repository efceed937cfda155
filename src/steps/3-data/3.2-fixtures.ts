import type { Check, Checkpoint } from '../../core/check.ts';
import { fixtureRows } from './3.2-fixtures/fixture-rows.ts';
import { fixturesInMigrations } from './3.2-fixtures/fixtures-in-migrations.ts';
import { piiPatterns } from './3.2-fixtures/pii-patterns.ts';
import { prodPiiInStage } from './3.2-fixtures/prod-pii-in-stage.ts';
import { secretInColumn } from './3.2-fixtures/secret-in-column.ts';
import { testUsers } from './3.2-fixtures/test-users.ts';

/** 3.2: only real people and real rows are in production. */
export const checkpoint: Checkpoint<Check> = {
  id: '3.2',
  title: 'No test data and no fixture is left',
  intent:
    'What development left behind is either a way in or a wrong number. Nothing is deleted by us: counts and patterns are shown, never a value, and a person decides.',
  source: 'CATALOGUE 3.2',
  checks: [piiPatterns, secretInColumn, prodPiiInStage, testUsers, fixtureRows, fixturesInMigrations],
  attestations: [
    {
      id: 'remaining-hits-real',
      question: 'Are all remaining users and rows real?',
      hint: 'If a count above is of real customers, say how you know.',
      kind: 'confirm',
      required: true,
      evidence: 'optional',
    },
  ],
};
