import type { Check, Checkpoint } from '../../core/check.ts';
import { billingIntegrity } from './6.4-end-to-end/billing-integrity.ts';
import { e2eSuite } from './6.4-end-to-end/e2e-suite.ts';
import { webhookSignature } from './6.4-end-to-end/webhook-signature.ts';

/** 6.4: the flows a user pays and signs up by work as a whole. */
export const checkpoint: Checkpoint<Check> = {
  id: '6.4',
  title: 'The flows users depend on are tried as a whole',
  intent:
    'Sign-up, mail, payment and webhook cross four systems: each may be right and the whole still fail. They are tried end to end, and money is counted once.',
  source: 'CATALOGUE 6.4; Stripe docs, “Receive Stripe events in your webhook endpoint”',
  checks: [billingIntegrity, webhookSignature, e2eSuite],
  attestations: [
    {
      id: 'real-mail',
      question: 'Did a person receive the real mail or SMS of sign-up and password reset, and follow it to the end?',
      hint: 'From the production project, to an address outside the company; say when, and attach a picture.',
      kind: 'confirm',
      required: true,
      evidence: 'optional',
      validForDays: 30,
    },
  ],
};
