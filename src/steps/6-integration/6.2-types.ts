import type { Check, Checkpoint } from '../../core/check.ts';
import { clientUntyped } from './6.2-types/client-untyped.ts';
import { typesDrift } from './6.2-types/types-drift.ts';

/** 6.2: the types the code is compiled against are those of the database. */
export const checkpoint: Checkpoint<Check> = {
  id: '6.2',
  title: 'Committed types are the database’s, and clients use them',
  intent:
    'Generated types let the compiler find what a migration broke. They do so only while they are generated from the schema that is live, and while every client is made with them.',
  source: 'CATALOGUE 6.2; Supabase docs, “Generating TypeScript Types”',
  checks: [typesDrift, clientUntyped],
  attestations: [
    {
      id: 'types-in-ci',
      question: 'Which CI step regenerates the types and fails when they differ?',
      hint: 'The workflow and the step; “by hand” is an answer, and a reason to add one.',
      kind: 'text',
      required: true,
      evidence: 'none',
      binds: ['repoProject'],
    },
  ],
};
