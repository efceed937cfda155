import type { Config } from '../core/config.ts';
import { EXIT, UserError } from '../core/errors.ts';
import { resolveSecret } from '../engine/config-file.ts';
import type { ApiTarget } from '../facts/http/client.ts';
import type { Ask } from './connection-string.ts';
import type { AuditOptions } from './options.ts';

type ApiConfig = NonNullable<NonNullable<Config['environments']>[string]['api']>;

/** What is known of an environment's API; null as a whole where address or publishable key is missing. */
export interface KnownApi {
  target: ApiTarget | null;
  /** Credentials that were not given, by the names of the configuration. */
  missing: string[];
}

/** Keys and tokens go to this address: only over TLS, or to this machine. Throws UserError naming `key`. */
export function safeAddress(given: string, key: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  const local = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const plain = url !== null && url.username === '' && url.password === '';
  if (plain && (url.protocol === 'https:' || (url.protocol === 'http:' && local))) return url.href.replace(/\/$/, '');
  throw new UserError(
    'bad-url',
    `${key} must be an https address without a user name`,
    'keys are sent to it',
    EXIT.usage,
  );
}

function known(
  url: string | null,
  keys: { publishable?: string; secret?: string },
  testUsers: ApiTarget['testUsers'],
): KnownApi {
  const { publishable, secret } = keys;
  return {
    target:
      url !== null && publishable ? { url, publishableKey: publishable, secretKey: secret ?? null, testUsers } : null,
    missing: [
      ...(url === null ? ['api.url'] : []),
      ...(publishable ? [] : ['publishableKey']),
      ...(secret ? [] : ['secretKey']),
      ...(testUsers.length < 2 ? ['testUsers'] : []),
    ],
  };
}

/** Where a hosted project's API is, unless said otherwise (supabase.com/docs, “Project URL”). */
const hosted = (ref: string | null) => (ref === null ? null : `https://${ref}.supabase.co`);

/** Beside --db-url: --api-url, and the keys from the environment, where no other process sees them. */
export function apiOfOptions({ apiUrl }: AuditOptions, ref: string | null): KnownApi {
  const given = apiUrl ?? process.env.SUPAREADY_API_URL;
  const url = given === undefined || given === '' ? hosted(ref) : safeAddress(given, '--api-url');
  const key = (name: string) => process.env[name] || undefined;
  const publishable = key('SUPAREADY_PUBLISHABLE_KEY');
  const secret = key('SUPAREADY_SECRET_KEY');
  return known(url, { ...(publishable && { publishable }), ...(secret && { secret }) }, []);
}

/** As the configuration has it. */
export async function apiOfConfig(
  name: string,
  api: ApiConfig | undefined,
  ref: string | null,
  ask: Ask,
): Promise<KnownApi> {
  const at = (key: string) => `environments.${name}.api.${key}`;
  const resolved = async (reference: string | undefined, key: string) =>
    reference === undefined ? undefined : resolveSecret(reference, at(key), ask);
  const publishable = await resolved(api?.publishableKey, 'publishableKey');
  const secret = await resolved(api?.secretKey, 'secretKey');
  const testUsers: { email: string; password: string }[] = [];
  for (const [index, user] of (api?.testUsers ?? []).entries())
    testUsers.push({
      email: await resolveSecret(user.email, at(`testUsers.${index}.email`), ask),
      password: await resolveSecret(user.password, at(`testUsers.${index}.password`), ask),
    });
  const url = api?.url === undefined ? hosted(ref) : safeAddress(api.url, at('url'));
  return known(url, { ...(publishable && { publishable }), ...(secret && { secret }) }, testUsers);
}
