import type { Check, Checkpoint } from '../../core/check.ts';
import { connUsage } from './5.2-connections/conn-usage.ts';
import { replicationSlots } from './5.2-connections/replication-slots.ts';
import { roleTimeouts } from './5.2-connections/role-timeouts.ts';
import { serverlessDirect } from './5.2-connections/serverless-direct.ts';

/** 5.2: there are enough connections, and nobody can take them all. */
export const checkpoint: Checkpoint<Check> = {
  id: '5.2',
  title: 'Connections are pooled, bounded and free',
  intent:
    'A launch fails at connections first. They go through the pooler, every role has its timeouts, and nothing holds the disk or the locks.',
  source: 'CATALOGUE 5.2',
  checks: [serverlessDirect, roleTimeouts, connUsage, replicationSlots],
  attestations: [
    {
      id: 'load-test',
      question:
        'How many requests a second and users at once are expected at launch, and which load test shows that they are served?',
      hint: 'Attach or link the report (k6, Artillery …) with the date and the environment it ran on.',
      kind: 'text',
      required: true,
      evidence: 'required',
    },
  ],
};
