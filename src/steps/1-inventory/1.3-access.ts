import type { Check, Checkpoint } from '../../core/check.ts';
import { accessRecorded } from './1.3-access/access-recorded.ts';
import { cliVersionMatch } from './1.3-access/cli-version-match.ts';
import { readonlyGuard } from './1.3-access/readonly-guard.ts';

/** 1.3: how the audit itself reached the database, and that it can change nothing. */
export const checkpoint: Checkpoint<Check> = {
  id: '1.3',
  title: 'The audit reads, and cannot write',
  intent:
    'An audit must not be the accident it warns of. It is on record as whom and how it connected, its own session refuses writes, and the tools of the project fit the server.',
  source: 'CATALOGUE 1.3',
  checks: [accessRecorded, readonlyGuard, cliVersionMatch],
  attestations: [
    {
      id: 'who-runs-sql',
      question: 'Who may run SQL on production, and where is it logged?',
      hint: 'Dashboard members with the SQL editor, holders of the database password, CI; the log that shows who ran what.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['roles'],
    },
  ],
};
