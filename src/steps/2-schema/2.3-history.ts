import type { Check, Checkpoint } from '../../core/check.ts';
import { configDrift } from './2.3-history/config-drift.ts';
import { migrationHistory } from './2.3-history/migration-history.ts';
import { schemaDrift } from './2.3-history/schema-drift.ts';

/** 2.3: the database is what the repository says it is. */
export const checkpoint: Checkpoint<Check> = {
  id: '2.3',
  title: 'The live schema is the one the migrations build',
  intent:
    'Reviews, tests and rebuilds all rest on the migrations. A database that has drifted from them will fail the next deployment or lose something in it.',
  source: 'CATALOGUE 2.3; Supabase docs, “Database migrations”',
  checks: [configDrift, migrationHistory, schemaDrift],
  attestations: [
    {
      id: 'changes-outside-migrations',
      question: 'Who may change the production schema outside migrations, and what happens afterwards?',
      hint: 'Name the people, and say how an emergency change gets back into a migration.',
      kind: 'text',
      required: true,
      evidence: 'optional',
    },
  ],
};
