import type { Check, Checkpoint } from '../../core/check.ts';
import { adminAccount } from './3.1-seed/admin-account.ts';
import { lookupEmpty } from './3.1-seed/lookup-empty.ts';
import { seedIdempotent } from './3.1-seed/seed-idempotent.ts';
import { seedRequiredRows } from './3.1-seed/seed-required-rows.ts';

/** 3.1: what must be there before the first user comes. */
export const checkpoint: Checkpoint<Check> = {
  id: '3.1',
  title: 'The rows the product cannot start without are there',
  intent:
    'Plans, roles, flags and an administrator are data, but the product does not run without them. They are declared, and counted here.',
  source: 'CATALOGUE 3.1',
  checks: [seedRequiredRows, seedIdempotent, lookupEmpty, adminAccount],
  attestations: [
    {
      id: 'day-one-rows',
      question: 'Which roles, flags, plans and administrators must exist on day one, and do they?',
      hint: 'Declare those that can be counted in supaready.config.json (declared.seed).',
      kind: 'text',
      required: true,
      evidence: 'optional',
    },
  ],
};
