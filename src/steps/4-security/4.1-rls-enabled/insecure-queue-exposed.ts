import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { API_ROLES, EXPOSURE, exposedSchemas, holds, UNKNOWN_EXPOSURE } from '../../lib/exposure.ts';
import { OPERATIONS } from '../../lib/policy-tree.ts';
import { listed, relationRef, whoOf } from '../../lib/refs.ts';
import { SHARPENED } from '../shared.ts';

export const insecureQueueExposed = defineCheck({
  id: 'insecure-queue-exposed',
  rev: 1,
  title: 'Queues served over the Data API have row level security on',
  why: 'With pgmq_public exposed, whoever holds privileges on a queue’s table sends, reads and deletes its messages.',
  severity: 'blocker',
  aliases: ['insecure_queue_exposed_in_api'],
  source:
    'splinter lint 0019 (which misses partitioned queues); Supabase, Queues: expose queues to client-side consumers',
  remedy: 'Enable row level security on the queue’s table and write policies, or stop exposing pgmq_public.',
  falseAlarms: 'Silent while pgmq_public is not exposed.',
  matrix: 'RLS',
  needs: EXPOSURE,
  uses: SHARPENED,
  evaluate({ facts }) {
    const queues = facts.relations.filter(
      (relation) =>
        relation.schema === 'pgmq' &&
        relation.name.startsWith('q_') &&
        (relation.kind === 'table' || relation.kind === 'partitioned table') &&
        relation.partitionOf === null,
    );
    if (queues.length === 0) return notApplicable('the database holds no pgmq queue');
    const exposed = exposedSchemas(facts);
    if (exposed === null) return skipped(UNKNOWN_EXPOSURE);
    if (!exposed.includes('pgmq_public')) return evaluated(queues.length, 'queue', []);
    const findings: FindingDraft[] = [];
    for (const queue of queues) {
      if (queue.rls) continue;
      const roles = API_ROLES.filter((role) => OPERATIONS.some((operation) => holds(facts, role, queue, operation)));
      if (roles.length === 0) continue;
      const table = qualified(queue.schema, queue.name);
      findings.push({
        object: relationRef(queue),
        message: `queue ${queue.name.slice(2)} is served over the Data API without row level security: ${whoOf(roles)} can take or forge its messages`,
        detail: `pgmq_public is exposed; ${listed(roles)} hold privileges on ${table}; relrowsecurity is false`,
        fix: {
          sql: `alter table ${table} enable row level security;`,
          url: 'https://supabase.com/docs/guides/queues/expose-self-hosted-queues',
        },
      });
    }
    return evaluated(queues.length, 'queue', findings);
  },
});
