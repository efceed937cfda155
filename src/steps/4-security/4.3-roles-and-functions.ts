import type { Check, Checkpoint } from '../../core/check.ts';
import { anonGrants } from './4.3-roles-and-functions/anon-grants.ts';
import { authConfirm, authOtp, authReauth, authSmtp } from './4.3-roles-and-functions/auth/auth-email.ts';
import { authHook } from './4.3-roles-and-functions/auth/auth-hook.ts';
import { authProviders } from './4.3-roles-and-functions/auth/auth-providers.ts';
import { authSession } from './4.3-roles-and-functions/auth/auth-sessions.ts';
import { authAbuse, authMfa, authPassword } from './4.3-roles-and-functions/auth/auth-strength.ts';
import { authUrls } from './4.3-roles-and-functions/auth/auth-urls.ts';
import { jwtClaims } from './4.3-roles-and-functions/auth/jwt-claims.ts';
import { jwtSigningKey } from './4.3-roles-and-functions/auth/jwt-signing-key.ts';
import { cronVaultAccess } from './4.3-roles-and-functions/cron-vault-access.ts';
import { defaultAcl } from './4.3-roles-and-functions/default-acl.ts';
import { anonDefiner, authenticatedDefiner } from './4.3-roles-and-functions/definer-functions.ts';
import { functionSearchPathMutable } from './4.3-roles-and-functions/function-search-path-mutable.ts';
import { keyInDbCode } from './4.3-roles-and-functions/key-in-db-code.ts';
import { roleAudit } from './4.3-roles-and-functions/role-audit.ts';
import { secdefReview } from './4.3-roles-and-functions/secdef-review.ts';
import { ssrfFunctions } from './4.3-roles-and-functions/ssrf-functions.ts';

export const checkpoint: Checkpoint<Check> = {
  id: '4.3',
  title: 'Roles, functions and sign-in give nobody more than they need',
  intent:
    'Functions with their owner’s rights, roles that bypass row level security and keys in database code go around every policy. Each is known, limited and owned by somebody.',
  source: 'CATALOGUE 4.3; Supabase, Going into production: security; splinter lints 0011, 0028, 0029',
  checks: [
    anonDefiner,
    authenticatedDefiner,
    secdefReview,
    functionSearchPathMutable,
    ssrfFunctions,
    roleAudit,
    anonGrants,
    defaultAcl,
    cronVaultAccess,
    keyInDbCode,
    authUrls,
    authConfirm,
    authHook,
    authPassword,
    authOtp,
    authMfa,
    authAbuse,
    authSmtp,
    authSession,
    authReauth,
    authProviders,
    jwtSigningKey,
    jwtClaims,
  ],
  attestations: [
    {
      id: 'secret-key-holders',
      question: 'Who holds each secret key (secret or service_role key, database password, access tokens)?',
      hint: 'Name the person or the secret store for each key, and when it was last made anew. Never the key itself.',
      kind: 'text',
      required: true,
      evidence: 'optional',
    },
    {
      id: 'sign-up-open',
      question: 'Is sign-up meant to be open to everybody?',
      hint: 'Everybody who signs up is “authenticated”, anonymous sign-ins included. Say which providers and whether anonymous sign-in are on.',
      kind: 'confirm',
      required: true,
      evidence: 'none',
    },
  ],
};
