import { createHash } from 'node:crypto';

/*
 * Keys that the demo plants. They open nothing: the project does not exist and the signature is a hash of words. Files in
 * demo/ hold `{{name}}`; the key is put together while they are copied, so that no key-shaped text stands in our own
 * repository, where scanners of code hosts would rightly stop it.
 */

/** The project ref of Harbor's production. */
export const HARBOR_REF = 'harborharborharborha';

const base64url = (text: string) => Buffer.from(text).toString('base64url');

function fakeJwt(role: string): string {
  const header = base64url('{"alg":"HS256","typ":"JWT"}');
  const claims = base64url(
    JSON.stringify({ iss: 'supabase', ref: HARBOR_REF, role, iat: 1769990400, exp: 2085566400 }),
  );
  return `${header}.${claims}.${createHash('sha256').update(`made up for ${role}`).digest('base64url')}`;
}

const letters = (seed: string, length: number) =>
  createHash('sha512')
    .update(seed)
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length);

const SECRETS: Readonly<Record<string, () => string>> = {
  'service-role-jwt': () => fakeJwt('service_role'),
  'anon-jwt': () => fakeJwt('anon'),
  'stripe-live-key': () => ['sk', 'live', letters('harbor stripe', 24)].join('_'),
  'stripe-test-key': () => ['sk', 'test', letters('harbor stripe test', 24)].join('_'),
  'database-url': () =>
    `postgres://postgres:${letters('harbor database', 16)}@db.${HARBOR_REF}.supabase.co:5432/postgres`,
  'oauth-secret': () => letters('harbor oauth', 40),
};

/** Text with every `{{name}}` of the list above replaced. Other braces stay as they are. */
export function withMadeUpSecrets(text: string): string {
  return text.replace(/\{\{([a-z-]+)\}\}/g, (whole, name: string) => SECRETS[name]?.() ?? whole);
}
