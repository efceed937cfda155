import type { Column } from '../../core/facts.ts';
import { singular, words } from './tables.ts';

/*
 * Columns judged by their names, word by word: `user_api_key` holds an API key, `api_key_count` does not. Types that cannot
 * hold such a thing (booleans, times, small numbers) are never meant.
 */

const CREDENTIALS = [
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'client secret',
  'secret key',
  'private key',
  'api key',
  'apikey',
  'auth key',
  'encryption key',
  'signing key',
  'service key',
  'service role key',
  'access key',
  'token',
  'access token',
  'refresh token',
  'oauth token',
  'session token',
  'bearer token',
  'id token',
  'auth token',
  'auth code',
  'jwt',
  'session key',
  'recovery code',
  'backup code',
  'verification code',
  'otp',
  'totp',
  '2fa secret',
  'mfa secret',
  'ssh key',
  'pgp key',
  'gpg key',
  'license key',
  'activation key',
  'webhook secret',
];

const IDENTITY = [
  'ssn',
  'social security',
  'social security number',
  'driver license',
  'drivers license',
  'passport number',
  'passport id',
  'passport',
  'national id',
  'tax id',
  'credit card',
  'card number',
  'cvv',
  'cvc',
  'bank account',
  'account number',
  'routing number',
  'iban',
  'health record',
  'medical record',
  'insurance number',
  'diagnosis',
  'imei',
  'mac address',
];

const CONTACT = [
  'email',
  'e mail',
  'mail address',
  'phone',
  'phone number',
  'mobile',
  'address',
  'street',
  'date of birth',
  'birth date',
  'birthdate',
  'birthday',
  'dob',
  'ip',
  'ip address',
  'user agent',
  'first name',
  'last name',
  'full name',
  'given name',
  'family name',
  'latitude',
  'longitude',
];

const BILLING = ['amount', 'balance', 'stripe customer', 'invoice', 'credits'];

/** Words after which a name speaks about the thing and is not the thing itself. */
const ABOUT = new Set([
  'id',
  'ids',
  'at',
  'on',
  'count',
  'counts',
  'type',
  'kind',
  'url',
  'uri',
  'hint',
  'status',
  'enabled',
  'required',
  'verified',
  'confirmed',
  'expiry',
  'expires',
  'expiration',
  'expired',
  'length',
  'limit',
  'usage',
  'used',
  'last4',
  'prefix',
  'label',
  'name',
  'number',
  'version',
  'template',
  'subject',
  'body',
  'sent',
  'opened',
  'date',
  'budget',
  'cost',
  'symbol',
  'address',
]);

const SCALAR =
  /^(boolean|smallint|integer|bigint|real|double precision|numeric|money|timestamp|date|time|interval|oid)/;
const HIDDEN = new Set([
  'hash',
  'hashed',
  'digest',
  'sha256',
  'bcrypt',
  'encrypted',
  'cipher',
  'ciphertext',
  'enc',
  'fingerprint',
]);

/** Answers by name: the same few column names come back in thousands of tables. */
const answers = new Map<readonly string[], Map<string, boolean>>();

function means(name: string, phrases: readonly string[]): boolean {
  const known = answers.get(phrases) ?? new Map<string, boolean>();
  answers.set(phrases, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size > 10_000) known.clear();
  const answer = saysOneOf(name, phrases);
  known.set(name, answer);
  return answer;
}

function saysOneOf(name: string, phrases: readonly string[]): boolean {
  const spoken = words(name).filter((word) => !HIDDEN.has(word));
  const last = spoken.at(-1) ?? '';
  const plain = spoken.map(singular).join(' ');
  return phrases.some((phrase) => {
    if (plain === phrase || plain.endsWith(` ${phrase}`)) return true;
    return plain.startsWith(`${phrase} `) && !ABOUT.has(last) && !ABOUT.has(singular(last)) && phrase.includes(' ');
  });
}

type Named = Pick<Column, 'name' | 'type'>;

/** A password, key or token stands in the column, in the clear or hashed. */
export function holdsCredential(column: Named): boolean {
  return !SCALAR.test(column.type) && means(column.name, CREDENTIALS);
}

/** The name says that what is stored is a hash or cipher text. */
export function saysHashed(column: Named & Partial<Pick<Column, 'comment'>>): boolean {
  const spoken = [...words(column.name), ...words(column.comment ?? '')];
  return spoken.some((word) => HIDDEN.has(word)) || column.type === 'bytea';
}

/** A number or document that identifies a person or pays: social security, card, bank account, passport. */
export function holdsIdentity(column: Named): boolean {
  return !/^(boolean|timestamp|date|time|interval)/.test(column.type) && means(column.name, IDENTITY);
}

/** How to reach a person, or who and where they are. */
export function holdsContact(column: Named): boolean {
  return !/^(boolean|timestamp|interval)/.test(column.type) && means(column.name, CONTACT);
}

/** Any personal data by name. */
export function holdsPersonal(column: Named): boolean {
  return holdsIdentity(column) || holdsContact(column);
}

/** Money, by name. */
export function holdsBilling(column: Named): boolean {
  return means(column.name, BILLING);
}
