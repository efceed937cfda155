import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { edgeFunctionOf } from '../entry-points.ts';

export const webhookSignature = defineCheck({
  id: 'webhook-signature',
  rev: 1,
  title: 'Stripe’s events are verified before they are believed',
  why: 'The address of a webhook is no secret: whoever knows it sends “payment succeeded”.',
  severity: 'blocker',
  source: 'CATALOGUE 6.4 webhook-signature (static part); Stripe docs, “Verify webhook signatures”',
  remedy: 'Verify the raw body with constructEvent, on Deno with constructEventAsync, before anything is read from it.',
  falseAlarms: 'Code that only names events (a client, a list of topics) answers no request and is left out.',
  needs: ['repoCode'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    const marks = facts.repoCode.marks.filter(({ name }) => name.startsWith('stripe-webhook-'));
    for (const { path, line, name, detail } of marks) {
      const edge = edgeFunctionOf(path);
      const object = edge === null ? objectRef('file', null, path) : objectRef('edge function', null, edge);
      const location = { file: path, line, column: 1 };
      if (name === 'stripe-webhook-unverified') {
        findings.push({
          object,
          message: `${path} acts on Stripe’s events without verifying their signature: anybody can report a payment`,
          detail: 'It reads the body and names events of Stripe, and never calls constructEvent.',
          fix: {
            command: 'event = await stripe.webhooks.constructEventAsync(await request.text(), signature, secret)',
          },
          location,
        });
      } else if (edge !== null && detail === 'constructEvent') {
        findings.push({
          object,
          severity: 'high',
          message: `${path} verifies with constructEvent, which fails on Deno: every event is refused`,
          detail: 'The synchronous call needs Node’s crypto; edge functions have only the asynchronous one.',
          fix: { command: 'use constructEventAsync with Stripe.createSubtleCryptoProvider()' },
          location,
          discriminator: 'deno',
        });
      }
    }
    return evaluated(marks.length, 'Stripe webhook', findings);
  },
});
