import type { Check, Checkpoint } from '../../core/check.ts';
import { configLiteralSecret } from './1.2-secrets/config-literal-secret.ts';
import { credentialLive } from './1.2-secrets/credential-live.ts';
import { keyEnvMismatch } from './1.2-secrets/key-env-mismatch.ts';
import { secretInGit } from './1.2-secrets/secret-in-git.ts';
import { serviceKeyInClient } from './1.2-secrets/service-key-in-client.ts';

/** 1.2: keys are the right ones, in the right place, and nowhere else. */
export const checkpoint: Checkpoint<Check> = {
  id: '1.2',
  title: 'Every credential works, stands in its place and nowhere else',
  intent:
    'One secret key in a bundle or in git’s history undoes every policy. So keys are looked for where they must not be, and the ones in use are shown to be what their names say.',
  source: 'CATALOGUE 1.2; Supabase docs, “Understanding API keys”, “Shared Responsibility Model”',
  checks: [credentialLive, keyEnvMismatch, serviceKeyInClient, secretInGit, configLiteralSecret],
  attestations: [
    {
      id: 'secrets-known',
      question: 'Where does each production secret live, who can read it, and when was it last rotated?',
      hint: 'Database password, secret key, access tokens, payment and mail keys: for each the store, the people, the date.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      fourEyes: true,
    },
  ],
};
