import type { Check, Checkpoint } from '../../core/check.ts';
import { authProfileParity } from './3.4-integrity/auth-profile-parity.ts';
import { fkOrphans } from './3.4-integrity/fk-orphans.ts';
import { physicalIntegrity } from './3.4-integrity/physical-integrity.ts';
import { rowCounts } from './3.4-integrity/row-counts.ts';
import { sequenceBehind } from './3.4-integrity/sequence-behind.ts';
import { storageOrphans } from './3.4-integrity/storage-orphans.ts';

/** 3.4: the rows are whole, and fit together. */
export const checkpoint: Checkpoint<Check> = {
  id: '3.4',
  title: 'The data is whole: counts, references, profiles, files, indexes',
  intent:
    'Rows that point at nothing, users without a profile and files of nobody are found by customers, unless they are counted beforehand.',
  source: 'CATALOGUE 3.4',
  checks: [rowCounts, fkOrphans, sequenceBehind, authProfileParity, storageOrphans, physicalIntegrity],
  attestations: [
    {
      id: 'counts-right',
      question: 'Do the row counts look right?',
      hint: 'Compare the largest tables with what you expect after the import.',
      kind: 'confirm',
      required: true,
      evidence: 'none',
    },
  ],
};
