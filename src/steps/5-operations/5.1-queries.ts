import type { Check, Checkpoint } from '../../core/check.ts';
import { authRlsInitplan } from './5.1-queries/auth-rls-initplan.ts';
import { duplicateIndex } from './5.1-queries/duplicate-index.ts';
import { multiplePermissivePolicies } from './5.1-queries/multiple-permissive-policies.ts';
import { slowQuery } from './5.1-queries/slow-query.ts';
import { tableBloat } from './5.1-queries/table-bloat.ts';
import { tableHealth } from './5.1-queries/table-health.ts';
import { unindexedForeignKeys } from './5.1-queries/unindexed-foreign-keys.ts';
import { unusedIndex } from './5.1-queries/unused-index.ts';
import { xidAge } from './5.1-queries/xid-age.ts';

/** 5.1: queries find what they need by index, and the tables are healthy. */
export const checkpoint: Checkpoint<Check> = {
  id: '5.1',
  title: 'Queries are fast: indexes, policies and tables are in order',
  intent:
    'What is slow with ten users stands still with a thousand. Indexes, the cost of policies and the state of the tables are put in order before the load comes.',
  source: 'CATALOGUE 5.1; Supabase lints 0001, 0003, 0005, 0006, 0009, 0020',
  checks: [
    unindexedForeignKeys,
    authRlsInitplan,
    multiplePermissivePolicies,
    duplicateIndex,
    unusedIndex,
    slowQuery,
    tableHealth,
    tableBloat,
    xidAge,
  ],
  attestations: [
    {
      id: 'critical-endpoints',
      question: 'Which 5 to 10 endpoints must be fast, and how fast are they?',
      hint: 'Name each with its target and what was measured, with the amount of data expected after a year.',
      kind: 'text',
      required: true,
      evidence: 'optional',
    },
  ],
};
