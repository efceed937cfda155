import type { Check, Checkpoint } from '../../core/check.ts';
import { apmInCode } from './5.3-monitoring/apm-in-code.ts';
import { statementsExtension } from './5.3-monitoring/statements-extension.ts';

/** 5.3: somebody notices. */
export const checkpoint: Checkpoint<Check> = {
  id: '5.3',
  title: 'Errors, latency and saturation are watched, and somebody is called',
  intent:
    'Something will go wrong after the launch. It has to be noticed by the team before the users, and it must be possible to find out what it was.',
  source: 'CATALOGUE 5.3',
  checks: [statementsExtension, apmInCode],
  attestations: [
    {
      id: 'alert-rules',
      question: 'Which alert rules watch errors, latency and saturation, and when did a test page last reach somebody?',
      hint: 'Link the rules, and give date and name of the last test.',
      kind: 'text',
      required: true,
      evidence: 'optional',
    },
    {
      id: 'status-feed',
      question: 'Is the team subscribed to status.supabase.com?',
      kind: 'confirm',
      required: true,
      evidence: 'none',
      validForDays: 90,
    },
  ],
};
