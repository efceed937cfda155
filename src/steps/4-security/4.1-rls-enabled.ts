import type { Check, Checkpoint } from '../../core/check.ts';
import { anonProbe } from './4.1-rls-enabled/anon-probe.ts';
import { insecureQueueExposed } from './4.1-rls-enabled/insecure-queue-exposed.ts';
import { policyExistsRlsDisabled } from './4.1-rls-enabled/policy-exists-rls-disabled.ts';
import { realtimePublicationRls } from './4.1-rls-enabled/realtime-publication-rls.ts';
import { rlsAllPrivileges } from './4.1-rls-enabled/rls-all-privileges.ts';
import { rlsEnabledNoPolicy } from './4.1-rls-enabled/rls-enabled-no-policy.ts';
import { viewWriteThrough } from './4.1-rls-enabled/view-write-through.ts';

export const checkpoint: Checkpoint<Check> = {
  id: '4.1',
  title: 'Row level security guards every table that users can reach',
  intent:
    'The publishable key is public and the Data API serves whole schemas. What stands between a stranger and a row is the grant, row level security, and nothing else; both are judged together, for tables, partitions, views, queues and broadcasts.',
  source: 'CATALOGUE 4.1; Supabase, Going into production: security',
  checks: [
    anonProbe,
    rlsAllPrivileges,
    policyExistsRlsDisabled,
    rlsEnabledNoPolicy,
    viewWriteThrough,
    realtimePublicationRls,
    insecureQueueExposed,
  ],
  attestations: [
    {
      id: 'public-tables',
      question: 'Which tables are public on purpose?',
      hint: 'Name each table that anybody may read, and why. Put them into declared.publicTables; “none” is an answer.',
      kind: 'text',
      required: true,
      evidence: 'none',
      binds: ['relations', 'policies'],
    },
  ],
};
