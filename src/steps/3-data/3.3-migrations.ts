import type { Check, Checkpoint } from '../../core/check.ts';
import { declarativeSchema } from './3.3-migrations/declarative-schema.ts';
import { migrationMissingGrant } from './3.3-migrations/migration-missing-grant.ts';
import { migrationOrder } from './3.3-migrations/migration-order.ts';
import { migrationReplay } from './3.3-migrations/migration-replay.ts';
import { migrationUnsafe } from './3.3-migrations/migration-unsafe.ts';
import { rollback } from './3.3-migrations/rollback.ts';

/** 3.3: migrations run in one order, and there is a way back. */
export const checkpoint: Checkpoint<Check> = {
  id: '3.3',
  title: 'Migrations run in order, and a release can be undone',
  intent:
    'On launch day the migrations run against real rows. Their order is fixed, and what they destroy can be brought back.',
  source: 'CATALOGUE 3.3',
  checks: [migrationOrder, migrationReplay, declarativeSchema, migrationUnsafe, migrationMissingGrant, rollback],
  attestations: [
    {
      id: 'rollback-plan',
      question: 'Who rolls a bad release back, how, and how fast?',
      hint: 'Name a person and a substitute, the commands, and the time it took when you tried it.',
      kind: 'text',
      required: true,
      evidence: 'optional',
    },
  ],
};
