import type { Check, Checkpoint } from '../../core/check.ts';
import { bucketDrift } from './6.5-delivery/bucket-drift.ts';
import { fnUnpinnedImport } from './6.5-delivery/fn-unpinned-import.ts';
import { infraVersioned } from './6.5-delivery/infra-versioned.ts';

/** 6.5: what runs is what the repository says. */
export const checkpoint: Checkpoint<Check> = {
  id: '6.5',
  title: 'Everything that runs comes from the repository',
  intent:
    'What was clicked together in the dashboard is lost with the next environment and reviewed by nobody. Buckets, publications, jobs and functions come from versioned files.',
  source: 'CATALOGUE 6.5; Supabase docs, “Managing Environments”',
  checks: [bucketDrift, infraVersioned, fnUnpinnedImport],
  attestations: [
    {
      id: 'deploy-pipeline',
      question: 'Which pipeline deploys functions and configuration, and who may start it?',
      hint: 'The workflow, the branch it runs from, and who approves.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['repoProject'],
    },
  ],
};
