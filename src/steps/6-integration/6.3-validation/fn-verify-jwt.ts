import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { edgeFunctionOf, verifiesJwt } from '../entry-points.ts';

export const fnVerifyJwt = defineCheck({
  id: 'fn-verify-jwt',
  rev: 1,
  title: 'Every edge function knows who may call it',
  why: 'Without verify_jwt the function is open to the internet and its code is the only guard; with it a third party’s webhook is refused before the code runs.',
  severity: 'blocker',
  source: 'CATALOGUE 6.3 fn-verify-jwt (repository half); Supabase docs, “Edge Functions: Function Configuration”',
  remedy:
    'Leave verify_jwt on for functions users call; switch it off for webhooks and verify their signature in the code.',
  falseAlarms:
    'Any check of a user, token, signature or shared secret in the function’s folder counts; functions that make no client and no call themselves are left out. What is deployed with --no-verify-jwt is not seen here.',
  needs: ['repoCode', 'repoConfig', 'repoProject'],
  evaluate({ facts }) {
    const { edgeFunctions } = facts.repoProject;
    if (edgeFunctions.length === 0) return notApplicable('there are no edge functions');
    const config = facts.repoConfig;
    const findings: FindingDraft[] = [];
    for (const { name, path } of edgeFunctions) {
      const marks = facts.repoCode.marks.filter((mark) => edgeFunctionOf(mark.path) === name);
      const checks = marks.filter((mark) => mark.name === 'user-check' || mark.name === 'stripe-webhook-verified');
      const unsigned = marks.some((mark) => mark.name === 'stripe-webhook-unverified');
      // A function that only hands its requests on is guarded, or not, where they go: that cannot be told from here.
      const works = [...facts.repoCode.calls, ...facts.repoCode.clients].some(
        (use) => edgeFunctionOf(use.path) === name,
      );
      const object = objectRef('edge function', null, name);
      const location = { file: path, line: 1, column: 1 };
      // An unsigned Stripe webhook is the finding of webhook-signature.
      if (!verifiesJwt(config?.values, name) && works && checks.length === 0 && !unsigned) {
        findings.push({
          object,
          message: `the edge function ${name} is open to everybody: verify_jwt is off and its code never asks who calls`,
          detail: `${config?.path ?? 'config.toml'} has verify_jwt = false; no check of a user, token, signature or secret is in its folder.`,
          fix: {
            command: `remove verify_jwt = false from [functions.${name}], or verify the caller’s signature in the code`,
          },
          location,
        });
      }
      const signed = marks.find((mark) => mark.name === 'stripe-webhook-verified');
      if (verifiesJwt(config?.values, name) && signed) {
        findings.push({
          object,
          severity: 'high',
          message: `the edge function ${name} receives Stripe’s webhooks but verify_jwt is on: every event is refused with 401`,
          detail: `${config ? `${config.path} does not set verify_jwt = false for it` : 'There is no config.toml'}; Stripe sends a signature and no JWT.`,
          fix: { command: `add [functions.${name}] with verify_jwt = false to supabase/config.toml` },
          location: { file: signed.path, line: signed.line, column: 1 },
          discriminator: 'refused',
        });
      }
      const cors = marks.find((mark) => mark.name === 'cors-star-credentials');
      if (cors) {
        findings.push({
          object,
          severity: 'medium',
          message: `the edge function ${name} allows every origin with credentials: browsers refuse that answer`,
          detail: cors.detail,
          fix: { command: 'answer with the origins that are meant, or without credentials' },
          location: { file: cors.path, line: cors.line, column: 1 },
          discriminator: 'cors',
        });
      }
    }
    return evaluated(edgeFunctions.length, 'edge function', findings);
  },
});
