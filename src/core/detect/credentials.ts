import { findSecrets } from '../redact.ts';
import type { Found } from './detection.ts';

/* Secrets by the formats their issuers document (core/redact.ts), tested more strictly: the redactor may hide too much, a finding may not. */

function parts(token: string): Record<string, unknown>[] | null {
  try {
    const decoded = token
      .split('.')
      .slice(0, 2)
      .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
    return decoded.length === 2 && decoded.every((part) => part !== null && typeof part === 'object')
      ? (decoded as Record<string, unknown>[])
      : null;
  } catch {
    return null;
  }
}

function mixed(text: string): boolean {
  return /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
}

/** Rules whose pattern alone is not enough for a finding, and what else must hold. */
const CONFIRM: Readonly<Record<string, (secret: string) => boolean>> = {
  'aws-access-key': (secret) => !secret.endsWith('EXAMPLE') && new Set(secret).size > 6,
  // `sk-` begins slugs and locale names too; keys are long and mix cases and digits.
  'openai-key': (secret) => mixed(secret) && /[A-Za-z0-9]{20}/.test(secret),
  'resend-key': mixed,
  'sendgrid-key': mixed,
  'github-token': (secret) => new Set(secret).size > 8,
  'slack-token': (secret) => /\d/.test(secret),
  'stripe-secret-key': (secret) => new Set(secret.slice(8)).size > 4,
  'supabase-access-token': (secret) => /^sbp_(?:[a-z0-9]+_)?[0-9a-f]{40}/.test(secret),
};

/** `jwt` and its kinds only when header and payload are there and say so. */
function confirmed(rule: string, secret: string): boolean {
  if (rule.includes('jwt')) {
    const decoded = parts(secret);
    return decoded !== null && typeof decoded[0]?.alg === 'string';
  }
  return CONFIRM[rule]?.(secret) ?? true;
}

/** Modular crypt formats: bcrypt, Argon2, scrypt, yescrypt, sha256/512-crypt, PBKDF2 as Django and passlib write it. */
const HASH =
  /^\s*(?:\$2[abxy]?\$\d{2}\$[./A-Za-z0-9]{53}|\$argon2(?:id|i|d)\$[^\s]{20,400}|\$(?:scrypt|7|y|gy|5|6|pbkdf2[\w-]*)\$[^\s]{20,400}|pbkdf2_sha(?:1|256|512)\$\d+\$[^\s$]{1,100}\$[A-Za-z0-9+/=]{20,100})\s*$/;

/** Reports `secret:<rule>` for every confirmed secret, and `password-hash` for a value that is one (as it should be). */
export function findCredentials(text: string, found: Found): void {
  if (text.includes('$') && HASH.test(text)) {
    found('password-hash', 0, text.length);
    return;
  }
  if (text.length < 8) return;
  for (const { rule, index, length } of findSecrets(text)) {
    if (confirmed(rule, text.slice(index, index + length))) found(`secret:${rule}`, index, index + length);
  }
}
