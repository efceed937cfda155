import { type CheckOutcome, defineCheck, skipped } from '../../../../core/check.ts';
import type { Facts } from '../../../../core/facts.ts';
import type { FindingDraft } from '../../../../core/finding.ts';
import { objectRef } from '../../../../core/object.ts';
import { counted } from '../../../../core/text.ts';
import { apiPolicies } from '../../../lib/api-policies.ts';
import { listed } from '../../../lib/refs.ts';
import { holdsCredential, holdsPersonal } from '../../../lib/sensitive-names.ts';
import { expressionTree, stringsIn, throughFunctions } from '../../../lib/sql-tree.ts';
import { metadataIn } from '../../../lib/user-metadata.ts';

type Token = Facts['userTokens']['tokens'][number];
type Claim = Token['claims'][number];
type ClaimFacts = Pick<Facts, 'userTokens' | 'policies' | 'relations' | 'roles' | 'functions'>;

const CLAIM_DOCS = 'https://supabase.com/docs/guides/auth/jwt-fields';

/** What Auth itself puts into every token (“JWT Claims Reference”), and into user_metadata at a sign-in with a provider. */
const AUTH_OWN: ReadonlySet<string> = new Set(['email', 'phone']);
const PROVIDER_OWN: ReadonlySet<string> = new Set([
  'email',
  'phone',
  'name',
  'full_name',
  'given_name',
  'family_name',
  'first_name',
  'last_name',
  'nickname',
  'preferred_username',
  'user_name',
]);

const isOwn = ({ path }: Claim) =>
  path.length === 1 ? AUTH_OWN.has(path[0] ?? '') : path[0] === 'user_metadata' && PROVIDER_OWN.has(path[1] ?? '');

/** Why a claim must not travel in a token: what its name or its value says that it is; null where nothing does. */
function sensitive(claim: Claim): string | null {
  if (isOwn(claim)) return null;
  const [shape] = claim.shapes;
  const secret = claim.shapes.find((one) => one.startsWith('secret:') || one === 'password-hash');
  if (secret) return 'a secret by its form';
  if (shape) return `personal data by its form (${shape})`;
  const name = claim.path.at(-1) ?? '';
  // Judged as a column of that name would be.
  const column = { name, type: claim.type === 'boolean' ? 'boolean' : 'text' };
  if (claim.type === 'null') return null;
  if (holdsCredential(column)) return 'a secret by its name';
  return holdsPersonal(column) ? 'personal data by its name' : null;
}

/** Every claim of the tokens, once. */
function claimsOf(tokens: readonly Token[]): Claim[] {
  const known = new Map<string, Claim>();
  for (const claim of tokens.flatMap(({ claims }) => claims)) {
    const key = claim.path.join('.');
    const before = known.get(key);
    known.set(key, before && before.shapes.length > 0 ? before : claim);
  }
  return [...known.values()];
}

/** Policies that decide by a field of the user's own metadata, by that field. */
function trusted(facts: ClaimFacts, field: string): string[] {
  return apiPolicies(facts)
    .filter(({ policy }) =>
      [policy.using, policy.check].some((text) => {
        const tree = text === null ? null : expressionTree(text);
        if (!tree) return false;
        return [...throughFunctions(tree, facts.functions)].some(
          ({ tree: part }) =>
            metadataIn(part) !== null &&
            stringsIn(part).some((one) => one === field || one.split(/[{},]/).includes(field)),
        );
      }),
    )
    .map(({ policy }) => `policy “${policy.name}” on ${policy.schema}.${policy.table}`);
}

function claimFindings(facts: ClaimFacts, claim: Claim): FindingDraft[] {
  const path = claim.path.join('.');
  const object = objectRef('claim', null, path);
  const findings: FindingDraft[] = [];
  const why = sensitive(claim);
  if (why)
    findings.push({
      object,
      discriminator: 'personal',
      message: `tokens carry ${path}, ${why}: whoever sees a token reads it, and it lies in the browser and in logs`,
      detail: `found in the token that ${facts.userTokens.origin} gave a test user; a token is signed, not encrypted`,
      fix: {
        command:
          claim.path[0] === 'user_metadata'
            ? 'keep it in a table that its owner reads, and take it out of the data given to signUp() and updateUser()'
            : 'take it out of the custom access token hook; look it up in a table where it is needed',
        url: CLAIM_DOCS,
      },
    });
  const [root, field] = claim.path;
  const policies = root === 'user_metadata' && field !== undefined ? trusted(facts, field) : [];
  if (policies.length > 0)
    findings.push({
      object,
      discriminator: 'trusted',
      message: `${listed(policies, 3)} trust${policies.length === 1 ? 's' : ''} ${path} of the token, which every user can rewrite with updateUser()`,
      detail: `a test user’s token really carries it`,
      fix: {
        command: 'move it to app_metadata (written with a secret key only), and let the policies read it there',
        url: 'https://supabase.com/docs/guides/auth/managing-user-data',
      },
    });
  return findings;
}

function outcome(facts: ClaimFacts): CheckOutcome {
  const { tokens, origin } = facts.userTokens;
  const claims = claimsOf(tokens);
  const findings = claims.flatMap((claim) => claimFindings(facts, claim));
  for (const { user, algorithm, signature } of tokens)
    if (signature === 'wrong')
      findings.push({
        object: objectRef('token', null, `test user ${user}`),
        message: `the project’s published keys did not sign the token of test user ${user} (${algorithm}): services that check tokens refuse it, or check nothing`,
        detail: `${origin}/auth/v1/.well-known/jwks.json holds no key that verifies it`,
        fix: { command: 'compare the signing keys in use with what the JWKS address publishes', url: CLAIM_DOCS },
      });
  const unknown = tokens.filter(({ signature }) => signature === 'keys-unknown');
  if (findings.length === 0 && unknown.length > 0)
    return skipped(
      `${origin} publishes no keys (JWKS) to verify ${unknown[0]?.algorithm} tokens with; try again later`,
    );
  const shared = tokens.some(({ signature }) => signature === 'shared-secret');
  const text = `${counted(claims.length, 'claim')} of ${counted(tokens.length, 'token')}${shared ? ' (HS256: the signature cannot be verified without the secret)' : ''}`;
  return { kind: 'evaluated', lookedAt: { count: tokens.length, text }, findings };
}

export const jwtClaims = defineCheck({
  id: 'jwt-claims',
  rev: 1,
  title: 'Tokens carry nothing that must stay private and nothing that users may make up',
  why: 'Anybody can read a token that passes through their hands, and users write user_metadata themselves. What is private or decides about rights belongs elsewhere.',
  severity: 'high',
  source:
    'CATALOGUE 4.3 jwt-claims; Supabase docs, “JWT Claims Reference” and “Managing User Data”; RFC 7519, section 12',
  remedy:
    'Keep personal data in tables, roles and tenants in app_metadata; let a custom access token hook add only what policies need.',
  falseAlarms:
    'E-mail and phone, which Auth puts into every token, are silent, and so are the names a sign-in provider puts into user_metadata. Claims are judged by name and by the form of their value; the value is not kept.',
  needs: ['userTokens', 'policies', 'relations', 'roles', 'functions'],
  evaluate: ({ facts }) => outcome(facts),
});
