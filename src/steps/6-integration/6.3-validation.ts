import type { Check, Checkpoint } from '../../core/check.ts';
import { fnVerifyJwt } from './6.3-validation/fn-verify-jwt.ts';
import { secretClientNoAuthn } from './6.3-validation/secret-client-no-authn.ts';
import { unvalidatedWrite } from './6.3-validation/unvalidated-write.ts';

/** 6.3: what comes in is looked at, and who sends it is known. */
export const checkpoint: Checkpoint<Check> = {
  id: '6.3',
  title: 'What comes in is validated, and who sends it is known',
  intent:
    'Behind the secret key no policy helps: there the code is the only guard. Every route that goes around row level security must know its caller, and nothing goes into a table as it came.',
  source: 'CATALOGUE 6.3; OWASP API Security Top 10 (2023): API2, API3, API5',
  checks: [unvalidatedWrite, secretClientNoAuthn, fnVerifyJwt],
  attestations: [
    {
      id: 'routes-past-rls',
      question: 'Which server routes bypass row level security, and why?',
      hint: 'Every place with the secret key: what it does, and how it knows who asks.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['repoCode'],
    },
  ],
};
