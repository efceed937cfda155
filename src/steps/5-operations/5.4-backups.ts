import type { Check, Checkpoint } from '../../core/check.ts';
import { offsiteDump } from './5.4-backups/offsite-dump.ts';
import { runbook } from './5.4-backups/runbook.ts';
import { storageNotBackedUp } from './5.4-backups/storage-not-backed-up.ts';

/** 5.4: what is lost can be brought back. */
export const checkpoint: Checkpoint<Check> = {
  id: '5.4',
  title: 'Everything can be restored, and somebody has done it',
  intent:
    'A backup that was never restored is a hope. Copies are taken off site, files included, and the way back is written down and tried.',
  source: 'CATALOGUE 5.4',
  checks: [offsiteDump, storageNotBackedUp, runbook],
  attestations: [
    {
      id: 'restore-test',
      question: 'When was a restore last tested, by whom, how long did it take, and what are RPO and RTO?',
      hint: 'Attach the log or the notes of the drill.',
      kind: 'text',
      required: true,
      evidence: 'required',
      validForDays: 90,
      fourEyes: true,
    },
  ],
};
