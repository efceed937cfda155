import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { FACT_SOURCES } from '../../src/core/facts.ts';
import { readProject } from '../../src/facts/platform/client.ts';
import { collectPlatform } from '../../src/facts/platform/collect.ts';
import { type ManagementServer, managementServer, type Reply } from './management-server.ts';

const REF = 'abcdefghijklmnopqrst';
const TOKEN = 'sbp_0123456789abcdef0123456789abcdef01234567';
const at = (path: string) => `/v1/projects/${REF}${path}`;

async function serve(replies: Record<string, Reply[]>): Promise<ManagementServer> {
  const server = await managementServer(
    Object.fromEntries(Object.entries(replies).map(([path, list]) => [at(path), list])),
  );
  onTestFinished(() => server.close());
  return server;
}

const shape = z.object({ fileSizeLimit: z.number() });

function read(server: ManagementServer, signal?: AbortSignal) {
  return readProject({ ref: REF, token: TOKEN, baseUrl: server.url }, '/config/storage', shape, {
    backOffMs: 5,
    ...(signal && { signal }),
  });
}

test('asks by GET with the token in its header, and nothing more', async () => {
  const server = await serve({ '/config/storage': [{ body: { fileSizeLimit: 5, more: 'x' } }] });
  expect(await read(server)).toEqual({ fileSizeLimit: 5 });
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: 'GET',
    path: at('/config/storage'),
    headers: { authorization: `Bearer ${TOKEN}` },
  });
});

test('waits as long as 429 says, tries again on 5xx and a cut line, and gives up after four times', async () => {
  const good = { body: { fileSizeLimit: 1 } };
  const patient = await serve({
    '/config/storage': [{ status: 429, headers: { 'retry-after': '0.05' } }, { status: 503 }, { cut: true }, good],
  });
  expect(await read(patient)).toEqual({ fileSizeLimit: 1 });
  expect(patient.requests).toHaveLength(4);

  const broken = await serve({ '/config/storage': [{ status: 500, body: { message: `no, ${TOKEN}` } }] });
  await expect(read(broken)).rejects.toMatchObject({ status: 'error', message: expect.stringContaining('HTTP 500') });
  expect(broken.requests).toHaveLength(4);

  const full = await serve({ '/config/storage': [{ status: 429, headers: { 'retry-after': '3600' } }] });
  await expect(read(full)).rejects.toMatchObject({ status: 'error', message: expect.stringContaining('429') });
  expect(full.requests).toHaveLength(1);
});

test.each([
  [401, 'denied', 'does not know this token'],
  [403, 'denied', 'may not read'],
  [404, 'absent', 'check the project ref'],
  [418, 'error', 'HTTP 418'],
])('HTTP %i is %s, at once, and says what helps', async (status, outcome, words) => {
  const body = { message: `the key ${TOKEN} \u001b[31mis wrong` };
  const server = await serve({ '/config/storage': [{ status, body }] });
  const failure = await read(server).catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ name: 'ManagementError', status: outcome });
  expect((failure as Error).message).toContain(words);
  expect((failure as Error).message).not.toContain(TOKEN);
  expect((failure as Error).message).not.toContain('\u001b');
  expect(server.requests).toHaveLength(1);
});

test('an answer of another shape, no JSON, or a redirect is an error without its text', async () => {
  for (const reply of [
    { body: { fileSizeLimit: 'geheim' } },
    { body: '<html>geheim' },
    { status: 302, headers: { location: 'http://127.0.0.1:1/geheim' } },
  ]) {
    const server = await serve({ '/config/storage': [reply] });
    const failure = await read(server).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ name: 'ManagementError', status: 'error' });
    expect((failure as Error).message).not.toContain('geheim');
  }
});

test('an abort ends the wait for an answer and between attempts', async () => {
  for (const reply of [{ silent: true }, { status: 429, headers: { 'retry-after': '30' } }] as Reply[]) {
    const server = await serve({ '/config/storage': [reply] });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(read(server, stop.signal)).rejects.toThrow(/stopped|aborted/);
  }
});

const AUTH = {
  site_url: 'https://harbor.shop',
  uri_allow_list: '',
  jwt_exp: 3600,
  disable_signup: false,
  external_github_enabled: true,
  external_github_client_id: 'Iv1.0123',
  external_github_secret: 'CANARY-github',
  hook_send_email_secrets: 'v1,whsec_CANARY',
  mailer_templates_invite_content: '<h1>CANARY</h1>',
  security_captcha_secret: 'CANARY-captcha',
  smtp_host: 'smtp.harbor.test',
  smtp_pass: 'CANARY-smtp',
  sms_twilio_auth_token: 'CANARY-twilio',
  sms_test_otp: '4152127777=CANARY',
  sms_vonage_api_key: null,
};

test('settings are collected without a secret among them', async () => {
  const server = await serve({
    '/config/auth': [{ body: AUTH }],
    '/postgrest': [
      {
        body: {
          db_schema: 'public, graphql_public',
          db_extra_search_path: 'public,extensions',
          max_rows: 1000,
          jwt_secret: 'CANARY-jwt',
        },
      },
    ],
    '/config/storage': [{ body: { fileSizeLimit: 52428800, features: { imageTransformation: { enabled: true } } } }],
    '/functions': [
      {
        body: [
          { id: '1', slug: 'zeta', name: 'z', status: 'ACTIVE', version: 2, verify_jwt: false },
          { id: '2', slug: 'alpha', name: 'a', status: 'ACTIVE', version: 1 },
        ],
      },
    ],
    '/ssl-enforcement': [{ body: { currentConfig: { database: true }, appliedSuccessfully: true } }],
    '/network-restrictions': [
      {
        body: {
          entitlement: 'allowed',
          config: { dbAllowedCidrs: ['203.0.113.0/24'], dbAllowedCidrsV6: ['2001:db8::/48'] },
          status: 'stored',
        },
      },
    ],
    '/config/auth/signing-keys': [
      {
        body: {
          keys: [
            {
              id: 'k1',
              algorithm: 'ES256',
              status: 'in_use',
              public_jwk: { x: 'CANARY-jwk' },
              created_at: '2026-01-01T00:00:00Z',
              updated_at: '2026-01-02T00:00:00Z',
            },
          ],
        },
      },
    ],
    '': [{ body: { id: REF, region: 'eu-central-1', database: { host: 'CANARY-host' } } }],
  });
  const facts = await collectPlatform({
    names: FACT_SOURCES.platform,
    target: { ref: REF, token: TOKEN, baseUrl: server.url },
    hosted: true,
  });
  expect(JSON.stringify(facts)).not.toContain('CANARY');
  expect(facts.platformAuth).toMatchObject({
    status: 'ok',
    value: {
      ref: REF,
      settings: {
        site_url: 'https://harbor.shop',
        external_github_client_id: 'Iv1.0123',
        smtp_host: 'smtp.harbor.test',
      },
      secretsSet: [
        'external_github_secret',
        'hook_send_email_secrets',
        'security_captcha_secret',
        'sms_test_otp',
        'sms_twilio_auth_token',
        'smtp_pass',
      ],
    },
  });
  expect(facts.platformPostgrest).toMatchObject({
    value: { schemas: ['public', 'graphql_public'], extraSearchPath: ['public', 'extensions'], maxRows: 1000 },
  });
  expect(facts.platformStorage).toMatchObject({ value: { fileSizeLimit: 52428800 } });
  expect(facts.platformFunctions).toMatchObject({
    value: [
      { slug: 'alpha', verifyJwt: true },
      { slug: 'zeta', verifyJwt: false },
    ],
  });
  expect(facts).toMatchObject({
    platformSsl: { value: { ref: REF, database: true, applied: true } },
    platformNetwork: { value: { allowed: true, cidrs: ['2001:db8::/48', '203.0.113.0/24'], applied: false } },
    platformSigningKeys: {
      value: { keys: [{ id: 'k1', algorithm: 'ES256', status: 'in_use', updatedAt: '2026-01-02T00:00:00Z' }] },
    },
    platformProject: { value: { region: 'eu-central-1' } },
  });
});

test('without a token each is absent and says what brings it; a refusal is the fact’s own; no project is null', async () => {
  const none = await collectPlatform({ names: ['platformAuth'], target: null, hosted: true });
  expect(none.platformAuth).toMatchObject({
    status: 'absent',
    reason: expect.stringContaining('SUPABASE_ACCESS_TOKEN'),
  });
  const server = await serve({ '/config/storage': [{ body: { fileSizeLimit: 1 } }], '/functions': [{ status: 403 }] });
  const some = await collectPlatform({
    names: ['platformStorage', 'platformFunctions'],
    target: { ref: REF, token: TOKEN, baseUrl: server.url },
    hosted: true,
  });
  expect(some).toMatchObject({ platformStorage: { status: 'ok' }, platformFunctions: { status: 'denied' } });
  const ours = await collectPlatform({ names: ['platformAuth'], target: null, hosted: false });
  expect(ours.platformAuth).toMatchObject({ status: 'ok', value: null });
});
