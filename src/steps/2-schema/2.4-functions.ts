import type { Check, Checkpoint } from '../../core/check.ts';
import { authTriggerUnsafe } from './2.4-functions/auth-trigger-unsafe.ts';
import { cronNetHealth } from './2.4-functions/cron-net-health.ts';
import { dbWebhookTarget } from './2.4-functions/db-webhook-target.ts';
import { edgeRetry } from './2.4-functions/edge-retry.ts';
import { fnErrorHandling } from './2.4-functions/fn-error-handling.ts';
import { fnReferencesMissing } from './2.4-functions/fn-references-missing.ts';
import { plpgsqlCheck } from './2.4-functions/plpgsql-check.ts';
import { sqlFnCompiles } from './2.4-functions/sql-fn-compiles.ts';
import { triggerDisabled } from './2.4-functions/trigger-disabled.ts';

/** 2.4: what runs inside the database by itself does run, and does not fail in silence. */
export const checkpoint: Checkpoint<Check> = {
  id: '2.4',
  title: 'Functions, triggers, jobs and webhooks run, and fail loudly',
  intent:
    'Triggers, jobs and webhooks work unseen. Each has to be switched on, call what exists, reach the right target, and tell somebody when it fails.',
  source: 'CATALOGUE 2.4',
  checks: [
    triggerDisabled,
    plpgsqlCheck,
    sqlFnCompiles,
    fnReferencesMissing,
    authTriggerUnsafe,
    fnErrorHandling,
    dbWebhookTarget,
    cronNetHealth,
    edgeRetry,
  ],
  attestations: [
    {
      id: 'retries-idempotent',
      question: 'Which functions may be retried, and are those idempotent?',
      hint: 'Webhooks are delivered more than once; say how each of them recognises an event it has handled.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['functions'],
    },
  ],
};
