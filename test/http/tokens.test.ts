import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { type FactName, type Facts, factSchema } from '../../src/core/facts.ts';
import { collectHttp } from '../../src/facts/http/collect.ts';
import { PASSWORD, type TestApi, testApi } from '../helpers/api-server.ts';

/* Tokens of a real Auth server, and of one that answers as Auth’s OpenAPI document says where the real one lacks it (ES256, JWKS). */

const ENVIRONMENT = { name: 'staging', kind: 'staging', source: 'live', target: null } as const;
const NAMES: FactName[] = ['userTokens'];
const SECRETS = ['4539148803436467', 'canary.person@post.kade.nl', 'DE12500105170648489890'];

let api: TestApi | null = null;
afterAll(() => api?.stop());

async function tokensAt(url: string, key: string, email: string): Promise<Facts['userTokens'] | string> {
  const { userTokens: fact } = await collectHttp({
    names: NAMES,
    open: async () => ({ url, publishableKey: key, secretKey: null, testUsers: [{ email, password: PASSWORD }] }),
    database: '',
    environment: ENVIRONMENT,
    facts: {},
  });
  if (fact?.status !== 'ok') return fact?.reason ?? '';
  expect(factSchema('userTokens').parse(fact.value)).toEqual(fact.value);
  return fact.value;
}

test('a token of a shared secret is said to be one', async () => {
  api = await testApi('create table public.notes (id int primary key);');
  await api.signUp('a@post.kade.nl');
  const said = await tokensAt(api.url, api.publishableKey, 'a@post.kade.nl');
  expect(said).toMatchObject({
    tokens: [{ user: 'A', algorithm: 'HS256', signature: 'shared-secret', seconds: 3600 }],
  });
  expect(JSON.stringify(said)).not.toMatch(/post\.kade|eyJ/);
});

/** POST /token and GET /.well-known/jwks.json as Auth has them. */
async function authOf(signer: CryptoKey, published: CryptoKey): Promise<string> {
  const token = await new SignJWT({
    role: 'authenticated',
    email: SECRETS[1],
    app_metadata: { provider: 'email', 'a@post.kade.nl': 'admin' },
    user_metadata: { card: SECRETS[0], bank: { iban: SECRETS[2] }, full_name: 'Ada' },
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject('00000000-0000-4000-8000-00000000000a')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(signer);
  const answers: Record<string, unknown> = {
    '/auth/v1/token': {
      access_token: token,
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: 'r',
      user: { id: '00000000-0000-4000-8000-00000000000a', aud: 'authenticated', email: SECRETS[1] },
    },
    '/auth/v1/.well-known/jwks.json': { keys: [{ ...(await exportJWK(published)), kid: 'one', alg: 'ES256' }] },
    '/auth/v1/logout': {},
  };
  const server = createServer(({ url }, response) => {
    const body = answers[new URL(url ?? '', 'http://localhost').pathname];
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a token of a signing key is verified, and its claims are told by path and form alone', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const said = await tokensAt(await authOf(privateKey, publicKey), 'sb_publishable_x', 'a@post.kade.nl');
  expect(said).toMatchObject({ tokens: [{ algorithm: 'ES256', signature: 'verified' }] });
  const claims = typeof said === 'string' ? [] : (said.tokens[0]?.claims ?? []);
  const shapes = Object.fromEntries(claims.map(({ path, shapes: found }) => [path.join('.'), found]));
  expect(shapes).toMatchObject({
    'user_metadata.card': ['card'],
    'user_metadata.bank.iban': ['iban'],
    'user_metadata.full_name': [],
    // An address in the place of a name is a value.
    'app_metadata.*': [],
  });
  for (const secret of [...SECRETS, 'Ada', 'post.kade', 'eyJ']) expect(JSON.stringify(said)).not.toContain(secret);
});

test('a token that the published keys did not sign', async () => {
  const [{ privateKey }, { publicKey }] = await Promise.all([
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  const said = await tokensAt(await authOf(privateKey, publicKey), 'sb_publishable_x', 'a@post.kade.nl');
  expect(said).toMatchObject({ tokens: [{ signature: 'wrong' }] });
});
