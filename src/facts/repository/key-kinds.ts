import { sha256 } from '../../core/canonical.ts';
import type { Facts } from '../../core/facts.ts';
import { findSecrets } from '../../core/redact.ts';

export type KeyKind = Facts['repoKeys'][number]['kind'];

/** A key found in a text: where it starts, what it is, and a digest to tell two apart. The value itself is not kept. */
export interface FoundKey {
  index: number;
  kind: KeyKind;
  ref: string | null;
  role: string | null;
  issuer: string | null;
  demo: boolean;
  digest: string;
}

/** sha256 of the publishable and secret key that every local Supabase of the CLI shares; printed by `supabase start`. */
const PUBLIC_LOCAL_KEYS: ReadonlySet<string> = new Set([
  '9705102db0d5f99ee08daa19a73e510d9877a2a9add9369da247cbbe6c2a0140',
  'c85debb55f2f204d868cc1552c42faa143b4c675f61363ab040dd50b5b5304cd',
]);

const KIND_OF_RULE: Readonly<Record<string, KeyKind>> = {
  'service-role-jwt': 'service-role-jwt',
  'anon-jwt': 'anon-jwt',
  jwt: 'user-jwt',
  'supabase-secret-key': 'supabase-secret-key',
  'supabase-access-token': 'supabase-access-token',
  'postgres-url': 'postgres-url',
  'stripe-secret-key': 'stripe-secret-key',
  'stripe-test-key': 'stripe-test-key',
  'stripe-webhook-secret': 'stripe-webhook-secret',
  'aws-access-key': 'aws-access-key',
  'private-key': 'private-key',
};

/** No key of interest can be in a text without one of these. */
export const WORTH_LOOKING =
  /eyJ|sb_(?:secret|publishable)_|sbp_|postgres(?:ql)?:\/\/|[sr]k_(?:live|test)_|whsec_|AKIA|ASIA|PRIVATE KEY/;

const PLACEHOLDER =
  /your|example|xxx|placeholder|changeme|change-me|replace|dummy|sample|fake|redacted|insert|todo|\.\.\.|\*\*\*|0000000|<|>|\$\{|\{\{|\[|\]/i;
const PLACEHOLDER_PASSWORD =
  /^(password|passwd|pass|pwd|secret|postgres|user|username|test|x+|\*+|\.+|%s|\$\w+|:?password|db_password|dbpassword|mypassword)$/i;
const LOCAL_HOST = /^(localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal|[a-z][\w-]*$)/i;

/** Project ref of a Supabase URL, connection string or key's claims; null when there is none. */
export function refOf(text: string): string | null {
  return (
    /\b([a-z]{20})\.supabase\.(?:co|in|red|net)\b/.exec(text)?.[1] ??
    /\bpostgres\.([a-z]{20})\b/.exec(text)?.[1] ??
    /\bsupabase\.com\/dashboard\/project\/([a-z]{20})\b/.exec(text)?.[1] ??
    null
  );
}

/** Claims of a JWT's payload; null when it is none. Read without checking the signature: nothing is trusted by them. */
export function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return claims !== null && typeof claims === 'object' ? (claims as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Keys and connection strings in one line (or a longer text), placeholders and local defaults left out. */
export function findKeys(text: string): FoundKey[] {
  if (!WORTH_LOOKING.test(text)) return [];
  const found: FoundKey[] = [];
  for (const { rule, index, length } of findSecrets(text)) {
    const kind = KIND_OF_RULE[rule.replace(/:demo$/, '')];
    if (kind === undefined) continue;
    const key = judge(kind, text, index, text.slice(index, index + length));
    if (key) found.push(key);
  }
  for (const match of text.matchAll(/sb_publishable_[\w-]{16,200}/g)) {
    if (PLACEHOLDER.test(match[0])) continue;
    found.push(plain('supabase-publishable-key', match.index, match[0]));
  }
  return found.sort((a, b) => a.index - b.index);
}

function plain(kind: KeyKind, index: number, value: string): FoundKey {
  const digest = sha256(value);
  return { index, kind, ref: null, role: null, issuer: null, demo: PUBLIC_LOCAL_KEYS.has(digest), digest };
}

function judge(kind: KeyKind, text: string, index: number, value: string): FoundKey | null {
  if (kind.endsWith('-jwt')) return judgeJwt(kind, index, value);
  if (kind === 'postgres-url') return judgeUrl(text, index, value);
  if (kind === 'private-key') {
    // Code that strips or adds the armour names it without a key.
    const body = value.replace(/^-----BEGIN[^-]*-----/, '').replace(/\\[nr]|\s/g, '');
    return /^[A-Za-z0-9+/=]{60}/.test(body) ? plain(kind, index, value) : null;
  }
  return PLACEHOLDER.test(value) || new Set(value.slice(value.lastIndexOf('_') + 1)).size < 6
    ? null
    : plain(kind, index, value);
}

function judgeJwt(kind: KeyKind, index: number, value: string): FoundKey | null {
  const claims = claimsOf(value);
  if (claims === null) return null;
  const text = (name: string) => (typeof claims[name] === 'string' ? (claims[name] as string) : null);
  const role = text('role');
  const issuer = text('iss');
  const supabase = role === 'authenticated' || /supabase/.test(issuer ?? '');
  // Somebody else's token: no key of this project, and most of them are samples.
  if (kind === 'user-jwt' && !supabase) return null;
  const ref = text('ref') ?? refOf(issuer ?? '');
  return {
    ...plain(kind, index, value),
    ref,
    role,
    issuer: supabase ? issuer : null,
    demo: issuer === 'supabase-demo',
  };
}

function judgeUrl(text: string, index: number, password: string): FoundKey | null {
  const before = text.slice(Math.max(0, index - 250), index);
  const after = text.slice(index + password.length, index + password.length + 250);
  const host = /^(?:@|%40)([^\s:/"'`<>?]*)/.exec(after)?.[1] ?? '';
  if (host === '' || PLACEHOLDER.test(host) || LOCAL_HOST.test(host)) return null;
  if (PLACEHOLDER.test(password) || PLACEHOLDER_PASSWORD.test(password) || /^[$%]/.test(password)) return null;
  const ref = refOf(`${before.slice(before.lastIndexOf('postgres'))} ${host}`);
  return { ...plain('postgres-url', index, `${host}${password}`), ref };
}
