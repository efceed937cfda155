import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSecrets, redact, redactSetting } from '../../src/core/redact.ts';

const ALPHANUMERIC = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];
const HEX = [...'0123456789abcdef'];

function letters(alphabet: string[], min: number, max = min) {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
}

function jwt(payload: object): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}.c2lnbmF0dXJlLWNhbmFyeS1jYW5hcnktY2FuYXJ5`;
}

/** A secret as it stands in text, the part that must not survive, and the rule that must know it. */
interface Planted {
  text: string;
  canary: string;
  rule: string;
}

const planted: fc.Arbitrary<Planted> = fc.oneof(
  letters(ALPHANUMERIC, 12).map((ref) => {
    const token = jwt({ iss: 'supabase', ref, role: 'service_role', iat: 1700000000 });
    return { text: token, canary: token.split('.')[1] ?? '', rule: 'service-role-jwt' };
  }),
  letters(ALPHANUMERIC, 12).map((ref) => {
    const token = jwt({ iss: 'supabase', ref, role: 'anon' });
    return { text: `Bearer ${token}`, canary: token.split('.')[1] ?? '', rule: 'anon-jwt' };
  }),
  letters(ALPHANUMERIC, 20, 40).map((key) => ({ text: `sb_secret_${key}`, canary: key, rule: 'supabase-secret-key' })),
  letters(HEX, 40).map((key) => ({ text: `sbp_${key}`, canary: key, rule: 'supabase-access-token' })),
  letters([...ALPHANUMERIC, '!', '$', '*', '-', '_', '.', '~'], 8, 40).map((password) => ({
    text: `postgresql://postgres.ref:${password}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres`,
    canary: password,
    rule: 'postgres-url',
  })),
  letters(ALPHANUMERIC, 8, 30).map((password) => ({
    text: `redis://default:${password}@cache.internal:6379`,
    canary: password,
    rule: 'url-password',
  })),
  letters(ALPHANUMERIC, 24, 99).map((key) => ({ text: `sk_live_${key}`, canary: key, rule: 'stripe-secret-key' })),
  letters(ALPHANUMERIC, 32).map((key) => ({ text: `whsec_${key}`, canary: key, rule: 'stripe-webhook-secret' })),
  letters([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'], 16).map((key) => ({
    text: `AKIA${key}`,
    canary: key,
    rule: 'aws-access-key',
  })),
  letters(ALPHANUMERIC, 36).map((key) => ({ text: `ghp_${key}`, canary: key, rule: 'github-token' })),
  letters(ALPHANUMERIC, 64).map((key) => ({
    text: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
    canary: key,
    rule: 'private-key',
  })),
  letters(ALPHANUMERIC, 24, 60).map((key) => ({ text: `Authorization: Bearer ${key}`, canary: key, rule: 'bearer' })),
  letters(ALPHANUMERIC, 10, 30).map((password) => ({
    text: `alter role app password '${password}'`,
    canary: password,
    rule: 'password',
  })),
  letters(ALPHANUMERIC, 10, 30).map((password) => ({
    text: `host=db.internal user=app password=${password} dbname=app`,
    canary: password,
    rule: 'password',
  })),
);

/** The encodings a secret is met in: raw, in JSON once and twice, in a URL, in a trigger's arguments, in prose. */
const around: ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify({ note: text }),
  (text) => JSON.stringify(JSON.stringify({ note: text })),
  (text) => `https://hooks.example.org/run?x=1&value=${text}&y=2`,
  (text) =>
    `EXECUTE FUNCTION supabase_functions.http_request('https://e.org', 'POST', '{"h":"${text.replaceAll('"', '\\"')}"}', '{}', '1000')`,
  (text) => `see\t${text}\nfor more — «ключ» 🔑`,
];

describe('redact', () => {
  test('no planted secret survives, in any surrounding, and a second pass changes nothing', () => {
    fc.assert(
      fc.property(planted, fc.constantFrom(...around), fc.string(), (secret, wrap, noise) => {
        const text = `${noise} ${wrap(secret.text)} ${noise}`;
        const clean = redact(text);
        expect(clean).not.toContain(secret.canary);
        expect(clean).toContain('[REDACTED:');
        expect(redact(clean)).toBe(clean);
      }),
      { numRuns: 3000 },
    );
  });

  test('each secret is known by its own rule', () => {
    fc.assert(
      fc.property(planted, (secret) => {
        expect(findSecrets(secret.text).map((found) => found.rule)).toContain(secret.rule);
      }),
      { numRuns: 1000 },
    );
  });

  test('several secrets in one text all go, whatever stands between them', () => {
    fc.assert(
      fc.property(
        fc.array(planted, { minLength: 2, maxLength: 6 }),
        fc.constantFrom(' ', '\n', ', ', ' || '),
        (secrets, between) => {
          const clean = redact(secrets.map((secret) => secret.text).join(between));
          for (const { canary } of secrets) expect(clean).not.toContain(canary);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('percent-encoded keys in a URL', () => {
    const token = jwt({ role: 'service_role' });
    const inside = encodeURIComponent(`https://x.supabase.co/rest/v1/?apikey=${token}`);
    expect(redact(`https://e.org/?to=${inside}`)).not.toContain(token.split('.')[1] ?? '');
    const url = encodeURIComponent('postgres://u:s3cretcanary@db.e.org/app');
    expect(redact(`dsn=${url}`)).not.toContain('s3cretcanary');
  });

  test('the public keys every local Supabase shares are marked as such', () => {
    expect(redact(jwt({ iss: 'supabase-demo', role: 'service_role' }))).toBe('[REDACTED:service-role-jwt:demo]');
    expect(redact(jwt({ iss: 'supabase-demo', role: 'anon' }))).toBe('[REDACTED:anon-jwt:demo]');
    expect(redact(jwt({ iss: 'https://e.org', sub: 'x' }))).toBe('[REDACTED:jwt]');
  });

  test('spans point at the secret itself', () => {
    const text = 'x postgres://u:pass-word@h/db y';
    const [span] = findSecrets(text);
    expect(text.slice(span?.index, (span?.index ?? 0) + (span?.length ?? 0))).toBe('pass-word');
    expect(redact(text)).toBe('x postgres://u:[REDACTED:postgres-url]@h/db y');
  });

  test.each([
    '(user_id = ( SELECT auth.uid() AS uid))',
    "check (password <> '' and length(password) > 8)",
    'new.password := extensions.crypt(new.password, extensions.gen_salt($1));',
    "perform net.http_post(url := 'https://e.org/hook', headers := '{}'::jsonb);",
    "headers := jsonb_build_object('Authorization', 'Bearer ' || token)",
    'Bearer authentication is required; see basic information',
    "select decrypted_secret from vault.decrypted_secrets where name = 'service_role_key'",
    'sb_publishable_abc',
    'task-forces and desk-assignments-that-are-long-enough',
    "nextval('public.orders_id_seq'::regclass)",
    'https://user@example.org/path?page=2&key=name',
    "status = 'secret'",
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('SQL still parses where a literal was hidden', () => {
    expect(redact("create server s foreign data wrapper w options (host 'h', password 'hunter2')")).toBe(
      "create server s foreign data wrapper w options (host 'h', password '[REDACTED:password]')",
    );
  });

  test.each(['a', 'eyJ', 'a://b:', '-----BEGIN PRIVATE KEY-----', "password='", 'host=a ', 'Bearer ', 'a.b://'])(
    'stays linear on 200 kB of %j',
    (piece) => {
      const time = (length: number) => {
        const text = piece.repeat(Math.ceil(length / piece.length));
        const started = process.cpuUsage();
        redact(text);
        const used = process.cpuUsage(started);
        return (used.user + used.system) / 1000;
      };
      expect(time(200_000)).toBeLessThan(5_000);
    },
  );
});

test('redactSetting hides by the name of the setting, too', () => {
  expect(redactSetting('app.settings.jwt_secret', 'short')).toBe('[REDACTED:setting]');
  expect(redactSetting('primary_conninfo', 'host=a')).toBe('[REDACTED:setting]');
  expect(redactSetting('password_encryption', 'scram-sha-256')).toBe('scram-sha-256');
  expect(redactSetting('statement_timeout', '8s')).toBe('8s');
  expect(redactSetting('ssl_passphrase_command_supports_reload', 'off')).toBe('off');
  expect(redactSetting('pgrst.db_schemas', 'public, api')).toBe('public, api');
  expect(redactSetting('pgrst.jwt_secret', '')).toBe('');
});
