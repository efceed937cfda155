import type { Check, Checkpoint } from '../../core/check.ts';
import { authFkBlocksDelete } from './2.2-tables/auth-fk-blocks-delete.ts';
import { cascadeGraph } from './2.2-tables/cascade-graph.ts';
import { cascadeOnRecords } from './2.2-tables/cascade-on-records.ts';
import { fkDefects } from './2.2-tables/fk-defects.ts';
import { fkMissingImplied } from './2.2-tables/fk-missing-implied.ts';
import { fkeyToAuthUnique } from './2.2-tables/fkey-to-auth-unique.ts';
import { indexInvalid } from './2.2-tables/index-invalid.ts';
import { noPrimaryKey } from './2.2-tables/no-primary-key.ts';
import { nullableSuspect } from './2.2-tables/nullable-suspect.ts';
import { partitionCandidate } from './2.2-tables/partition-candidate.ts';
import { sequenceExhaustion } from './2.2-tables/sequence-exhaustion.ts';
import { softDelete } from './2.2-tables/soft-delete.ts';
import { tablePurpose } from './2.2-tables/table-purpose.ts';
import { timestamps } from './2.2-tables/timestamps.ts';
import { typeSmells } from './2.2-tables/type-smells.ts';
import { uniqueMissing } from './2.2-tables/unique-missing.ts';
import { unsupportedRegTypes } from './2.2-tables/unsupported-reg-types.ts';
import { updatedAtTrigger } from './2.2-tables/updated-at-trigger.ts';

/** 2.2: every table, item by item: purpose, columns, keys, cascades, time stamps, growth. */
export const checkpoint: Checkpoint<Check> = {
  id: '2.2',
  title: 'Every table has its purpose, types, keys, cascades and time stamps',
  intent:
    'What the schema does not enforce, some client will break: each table is looked at for what it is for, the types of its columns, its keys and constraints, what deleting does, its time stamps and how it grows.',
  source: 'CATALOGUE 2.2; Supabase lints 0004, 0018, 0021; PostgreSQL wiki, “Don’t Do This”',
  items: {
    a: 'Purpose',
    b: 'Columns and types',
    c: 'Keys and constraints',
    d: 'What deleting does',
    e: 'Time stamps and soft delete',
    f: 'Growth',
  },
  checks: [
    tablePurpose,
    typeSmells,
    nullableSuspect,
    unsupportedRegTypes,
    noPrimaryKey,
    fkMissingImplied,
    fkDefects,
    fkeyToAuthUnique,
    uniqueMissing,
    indexInvalid,
    authFkBlocksDelete,
    cascadeOnRecords,
    cascadeGraph,
    timestamps,
    updatedAtTrigger,
    softDelete,
    sequenceExhaustion,
    partitionCandidate,
  ],
  attestations: [
    {
      id: 'tables-known',
      question: 'For each table: what is it for, who owns it, and does it hold personal data?',
      hint: 'A link to the data catalogue will do; comments on the tables are better, since they travel with the schema.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['relations', 'columns'],
    },
    {
      id: 'cascades-intended',
      question: 'Do the cascades match the business rules?',
      hint: 'The findings of cascade-graph show what each deletion takes with it: is nothing in a tree that must outlive its root?',
      kind: 'confirm',
      required: true,
      evidence: 'none',
      binds: ['constraints'],
    },
  ],
};
