import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { checkpointsOf } from '../../src/core/check.ts';
import { FACT_SOURCES, type Facts } from '../../src/core/facts.ts';
import { AUTH_SECRETS } from '../../src/facts/platform/auth-settings.ts';
import { collectPlatform } from '../../src/facts/platform/collect.ts';
import { AUTH_CONFIG, HOOKS } from '../../src/steps/2-schema/2.3-history/config-settings.ts';
import { loadChecks } from '../../src/steps/checklist.ts';
import { managementServer } from './management-server.ts';

type Type = string | { [name: string]: Type } | Type[];

/** The fields we read, as the Management API's published document types them; `source` says where that was read. */
const { paths } = JSON.parse(readFileSync(new URL('openapi-names.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Type>;
};
const auth = paths['/config/auth'] as Record<string, string>;
const REF = 'abcdefghijklmnopqrst';

/** A value of a documented type; text that says so where it is free. */
function sample(type: Type): unknown {
  if (Array.isArray(type)) return type.map(sample);
  if (typeof type === 'object') return Object.fromEntries(Object.entries(type).map(([name, of]) => [name, sample(of)]));
  const [first = ''] = type.split(' | ');
  if (first === 'boolean') return true;
  if (first === 'integer' || first === 'number') return 7;
  return first === 'string' ? 'canary' : first;
}

async function collected(bodies: Record<string, unknown>) {
  const server = await managementServer(
    Object.fromEntries(Object.entries(bodies).map(([path, body]) => [`/v1/projects/${REF}${path}`, [{ body }]])),
  );
  onTestFinished(() => server.close());
  return collectPlatform({
    names: FACT_SOURCES.platform,
    target: { ref: REF, token: 'sbp_0123456789abcdef0123456789abcdef01234567', baseUrl: server.url },
    hosted: true,
  });
}

test('every facet is read from what the document describes', async () => {
  const facts = await collected(Object.fromEntries(Object.entries(paths).map(([path, type]) => [path, sample(type)])));
  for (const name of FACT_SOURCES.platform) expect([name, facts[name]?.status]).toEqual([name, 'ok']);
  const value = facts.platformAuth?.status === 'ok' ? facts.platformAuth.value : null;
  const secrets = Object.keys(auth).filter((name) => AUTH_SECRETS.test(name));
  expect(value?.secretsSet).toEqual(secrets.sort());
  expect(Object.keys(value?.settings ?? {}).sort()).toEqual(
    Object.keys(auth)
      .filter((name) => !secrets.includes(name))
      .sort(),
  );
  // Whatever its name says it is a secret is one.
  expect(
    Object.keys(value?.settings ?? {}).filter((name) => /secret|_pass$|auth_token$|api_key|access_key/.test(name)),
  ).toEqual([]);
});

test('optional fields may be left out, and those that may be null be null', async () => {
  const nulls = (type: Type): unknown => {
    if (Array.isArray(type)) return type.map(nulls);
    if (typeof type === 'object')
      return Object.fromEntries(Object.entries(type).map(([name, of]) => [name, nulls(of)]));
    return type.endsWith('| null') ? null : sample(type);
  };
  const bodies = Object.fromEntries(Object.entries(paths).map(([path, type]) => [path, nulls(type)]));
  const facts = await collected({
    ...bodies,
    '/config/realtime': { private_only: null },
    '/functions': [{ slug: 'a', status: 'ACTIVE', version: 1 }],
    '/network-restrictions': { entitlement: 'allowed', config: {}, status: 'stored' },
  });
  for (const name of FACT_SOURCES.platform) expect([name, facts[name]?.status]).toEqual([name, 'ok']);
});

test('every field that a check of the sign-in asks for is one of the document', async () => {
  const settings = Object.fromEntries(
    Object.entries(auth)
      .filter(([name]) => !AUTH_SECRETS.test(name))
      .map(([name, type]) => [name, sample(type)]),
  ) as NonNullable<Facts['platformAuth']>['settings'];
  const checks = checkpointsOf(await loadChecks()).flatMap(({ checks: all }) => all);
  const asking = checks.filter(({ needs }) => needs.length === 1 && (needs as readonly string[])[0] === 'platformAuth');
  expect(asking.length).toBeGreaterThan(7);
  for (const check of asking) {
    const outcome = check.evaluate({
      // On everywhere, so that each rule has something to ask.
      facts: {
        platformAuth: { ref: REF, settings: { ...settings, hook_send_email_enabled: false }, secretsSet: [] },
      } as never,
      parameters: check.parameters ?? {},
      environment: { name: 'production', kind: 'production', source: 'live', target: 'x' },
      now: '2026-11-24T12:00:00.000Z',
    });
    expect([check.id, outcome.kind, 'reason' in outcome ? outcome.reason : null]).toEqual([
      check.id,
      'evaluated',
      null,
    ]);
    if (outcome.kind !== 'evaluated') continue;
    for (const { object } of outcome.findings) expect(Object.keys(auth)).toContain(object.name);
  }
});

test('every setting of config.toml is compared with a field of the document', () => {
  const fields = [
    ...AUTH_CONFIG.map(([, field]) => field),
    ...HOOKS.flatMap((hook) => [`hook_${hook}_enabled`, `hook_${hook}_uri`]),
  ];
  expect(fields.filter((field) => auth[field] === undefined)).toEqual([]);
  // Hooks the document knows are compared, each of them.
  const known = Object.keys(auth).flatMap((name) => /^hook_(.+)_uri$/.exec(name)?.[1] ?? []);
  expect(known.filter((hook) => !HOOKS.includes(hook))).toEqual([]);
  const characters = (auth.password_required_characters ?? '').split(' | ');
  const convert = AUTH_CONFIG.find(([, field]) => field === 'password_required_characters')?.[3];
  for (const word of ['letters_digits', 'lower_upper_letters_digits', 'lower_upper_letters_digits_symbols'])
    expect(characters).toContain(convert?.(word));
});

test.each([
  ['/config/auth/signing-keys', ['in_use', 'previously_used', 'HS256', 'ES256']],
  ['/functions', ['ACTIVE']],
  ['/network-restrictions', ['allowed', 'applied']],
])('words of %s that rules rest on are those of the document', (path, words) => {
  const text = JSON.stringify(paths[path]);
  for (const word of words) expect(text).toMatch(new RegExp(`\\b${word}\\b`));
});
