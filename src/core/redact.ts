/** A secret found in a text: the rule that knew it and where it stands (UTF-16 units). */
export interface SecretSpan {
  rule: string;
  index: number;
  length: number;
}

interface Rule {
  /** Global expression with index (`gd`); the group `secret`, or the whole match, is what is hidden. Every repeat is bounded. */
  pattern: RegExp;
  /** Name of the rule for this match, or null when it is no secret after all. */
  name: (secret: string) => string | null;
}

function named(name: string): () => string {
  return () => name;
}

function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(/\.|%2E/i)[1] ?? '', 'base64url').toString('utf8'));
    return payload !== null && typeof payload === 'object' ? (payload as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/**
 * `service-role-jwt`, `anon-jwt` or `jwt` by the claim `role`; with `:demo` for the public keys every local Supabase shares
 * (issuer `supabase-demo`, printed in Supabase's own documentation).
 */
function jwtRule(token: string): string {
  const claims = claimsOf(token);
  const kind = claims?.role === 'service_role' ? 'service-role-jwt' : claims?.role === 'anon' ? 'anon-jwt' : 'jwt';
  return claims?.iss === 'supabase-demo' ? `${kind}:demo` : kind;
}

/** Words after "Bearer" or a key's name that are prose or a placeholder, not a credential. */
function looksRandom(secret: string): boolean {
  return /\d/.test(secret) || secret.length >= 24;
}

function decodesToPair(secret: string): boolean {
  const text = Buffer.from(secret, 'base64').toString('latin1');
  return /^[\x20-\x7e]+$/.test(text) && text.includes(':');
}

/* Slashes may be JSON-escaped (`\/`) or percent-encoded; a quote may be escaped. */
const SCHEME_END = String.raw`(?::|%3A)(?:\\?\/|%2F){2}`;
const QUOTE = String.raw`(?:\\{0,4}["'])`;

/** Most telling rule first: where two meet, the earlier one wins. Formats are those their issuers document. */
const RULES: readonly Rule[] = [
  {
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,20000}?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/dg,
    name: named('private-key'),
  },
  {
    pattern: /eyJ[\w-]{8,4000}(?:\.|%2E)[\w-]{4,16000}(?:(?:\.|%2E)[\w-]{0,4000})?/dgi,
    name: (token) => (token.startsWith('eyJ') ? jwtRule(token) : null),
  },
  { pattern: /sb_secret_[\w-]{8,200}/dg, name: named('supabase-secret-key') },
  { pattern: /sbp_[\w-]{16,200}/dg, name: named('supabase-access-token') },
  {
    pattern: new RegExp(
      String.raw`postgres(?:ql)?${SCHEME_END}[^\s:/@"'\`<>]{0,200}(?::|%3A)(?<secret>[^\s"'\`<>]{1,400})(?:@|%40)`,
      'dgi',
    ),
    name: named('postgres-url'),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![a-z])[a-z][a-z0-9+.]{1,20}${SCHEME_END}[^\s:/@"'\`<>]{0,200}:(?<secret>[^\s/"'\`<>]{1,400})@`,
      'dgi',
    ),
    name: named('url-password'),
  },
  { pattern: /[sr]k_live_\w{8,300}/dg, name: named('stripe-secret-key') },
  { pattern: /[sr]k_test_\w{8,300}/dg, name: named('stripe-test-key') },
  { pattern: /whsec_[\w+/=-]{12,200}/dg, name: named('stripe-webhook-secret') },
  { pattern: /(?:AKIA|ASIA)[0-9A-Z]{16}/dg, name: named('aws-access-key') },
  { pattern: /(?:gh[pousr]_[A-Za-z0-9]{30,300}|github_pat_\w{30,300})/dg, name: named('github-token') },
  { pattern: /xox[abeprs]-[\w-]{10,300}/dg, name: named('slack-token') },
  {
    pattern: /hooks\.slack\.com(?:\\?\/)services(?:\\?\/)(?<secret>[\w/\\]{10,200})/dg,
    name: named('slack-webhook'),
  },
  {
    pattern: /discord(?:app)?\.com(?:\\?\/)api(?:\\?\/)webhooks(?:\\?\/)(?<secret>[\w/\\-]{20,200})/dg,
    name: named('discord-webhook'),
  },
  { pattern: /AIza[\w-]{35}/dg, name: named('google-api-key') },
  { pattern: /(?<!\w)sk-[\w-]{20,300}/dg, name: named('openai-key') },
  { pattern: /SG\.[\w-]{16,64}\.[\w-]{16,128}/dg, name: named('sendgrid-key') },
  { pattern: /(?<!\w)npm_[A-Za-z0-9]{36}/dg, name: named('npm-token') },
  { pattern: /(?<!\w)re_[A-Za-z0-9]{6,32}_[A-Za-z0-9]{12,64}/dg, name: named('resend-key') },
  { pattern: /(?<!\w)SK[0-9a-f]{32}(?!\w)/dg, name: named('twilio-key') },
  {
    pattern: /bearer(?:\s|%20|\+){1,4}(?<secret>[\w.~+/=-]{8,4000})/dgi,
    name: (secret) => (looksRandom(secret) ? 'bearer' : null),
  },
  {
    pattern: /basic(?:\s|%20){1,4}(?<secret>[A-Za-z0-9+/]{8,1000}={0,2})/dgi,
    name: (secret) => (decodesToPair(secret) ? 'basic-auth' : null),
  },
  {
    pattern: new RegExp(
      String.raw`(?:password|passwd|passphrase)${QUOTE}?\s{0,8}(?:=>|:=|[:=,])?\s{0,8}[Ee]?(?<open>${QUOTE})(?<secret>(?:(?!\k<open>)[\s\S]){1,400})\k<open>`,
      'dgi',
    ),
    name: (secret) => (/^[\s,=:|)(]*$/.test(secret) ? null : 'password'),
  },
  {
    // A libpq connection string: `password=` beside other keywords of one.
    pattern:
      /(?<=\b(?:host|hostaddr|port|dbname|user|sslmode)=[^\s'"]{0,200}\s(?:[a-z_]{1,40}=[^\s'"]{0,200}\s){0,8})password=(?<secret>[^\s'"]{1,400})/dgi,
    name: named('password'),
  },
  {
    pattern: /\bpassword=(?<secret>[^\s'"(),;]{1,400})(?=\s{1,4}(?:host|hostaddr|port|dbname|user|sslmode)=)/dgi,
    name: named('password'),
  },
  {
    pattern: new RegExp(
      String.raw`(?:api[_-]?key|secret|token|_key|access[_-]?key|signature)${QUOTE}?\s{0,8}(?:=>|:=|[:=,])\s{0,8}[Ee]?(?<open>${QUOTE})(?<secret>[\w+/=.~$-]{12,2000})\k<open>`,
      'dgi',
    ),
    name: (secret) => (/\d/.test(secret) ? 'credential' : null),
  },
  {
    pattern:
      /[?&](?:api[_-]?key|key|token|access_token|secret|signature|sig|password|auth)=(?<secret>[^\s&#"'\\]{6,2000})/dgi,
    name: (secret) => (looksRandom(secret) ? 'credential' : null),
  },
];

/** Cheap test that most texts fail: no rule can match without one of these. A part of each stands in SECRET_MARKS. */
export const WORTH_LOOKING =
  /eyJ|sb_secret_|sbp_|:\/|%3A|:\\\/|[sr]k_(?:live|test)_|whsec_|AKIA|ASIA|gh[pousr]_|github_pat_|xox[abeprs]-|hooks\.slack|webhooks|AIza|sk-|SG\.|npm_|re_|SK[0-9a-f]{32}|PRIVATE KEY|bearer|basic|passw|passphrase|key|secret|token|signature|[?&]sig=|[?&]auth=/i;

/**
 * Three characters (or two) of every way in which WORTH_LOOKING can match: who goes through a text anyway can tell while doing so
 * that it holds none of them.
 */
export const SECRET_MARKS: readonly string[] = [
  ...[
    'eyj',
    'sb_',
    'sbp',
    ':/',
    '%3a',
    ':\\/',
    'sk_',
    'rk_',
    'whs',
    'kia',
    'sia',
    'hp_',
    'ho_',
    'hu_',
    'hs_',
    'hr_',
    'ub_',
  ],
  ...['xox', 's.s', 'ebh', 'aiz', 'sk-', 'sg.', 'npm', 're_', 'key', 'rer', 'bas', 'ssw', 'ssp', 'ecr', 'tok', 'gna'],
  ...['ig=', 'th='],
  ...[...'0123456789abcdef'].map((digit) => `sk${digit}`),
];

function spanOf(match: RegExpExecArray): [number, number] {
  const whole: [number, number] = [match.index, match.index + match[0].length];
  return match.groups && 'secret' in match.groups ? (match.indices?.groups?.secret ?? whole) : whole;
}

/** Every secret in a text, by position, without overlaps. Pure and bounded: linear in the length of the text. */
export function findSecrets(text: string): SecretSpan[] {
  if (!WORTH_LOOKING.test(text)) return [];
  const found: SecretSpan[] = [];
  for (const rule of RULES) {
    for (const match of text.matchAll(rule.pattern)) {
      const [start, end] = spanOf(match);
      const secret = text.slice(start, end);
      if (secret.startsWith('[REDACTED:')) continue;
      const name = rule.name(secret);
      if (name === null) continue;
      found.push({ rule: name, index: start, length: end - start });
    }
  }
  return withoutOverlaps(found);
}

/** Keeps the rule named first where spans meet; what a dropped span covers beyond it is hidden with it. */
function withoutOverlaps(spans: SecretSpan[]): SecretSpan[] {
  const merged: SecretSpan[] = [];
  const order = new Map(spans.map((span, at) => [span, at]));
  for (const span of spans.toSorted((a, b) => a.index - b.index || (order.get(a) ?? 0) - (order.get(b) ?? 0))) {
    const last = merged.at(-1);
    if (!last || span.index >= last.index + last.length) {
      merged.push({ ...span });
      order.set(merged[merged.length - 1] as SecretSpan, order.get(span) ?? 0);
      continue;
    }
    if ((order.get(span) ?? 0) < (order.get(last) ?? 0)) {
      last.rule = span.rule;
      order.set(last, order.get(span) ?? 0);
    }
    last.length = Math.max(last.index + last.length, span.index + span.length) - last.index;
  }
  return merged;
}

/** The text with every secret replaced by `[REDACTED:<rule>]`. Running it again changes nothing. */
export function redact(text: string): string {
  const secrets = findSecrets(text);
  if (secrets.length === 0) return text;
  let out = '';
  let at = 0;
  for (const { rule, index, length } of secrets) {
    out += `${text.slice(at, index)}[REDACTED:${rule}]`;
    at = index + length;
  }
  return out + text.slice(at);
}

const SECRET_SETTING = /secret|password|passphrase|token|api_?key|private|conninfo|(?:^|[._])key$|encryption_key/i;

/** The value of a database setting (`ALTER DATABASE … SET app.jwt_secret = …`), hidden when its name says that it is a secret. */
export function redactSetting(name: string, value: string): string {
  if (value === '' || /^(?:on|off|true|false|scram-sha-256|md5|-?\d{1,6})$/.test(value)) return value;
  return SECRET_SETTING.test(name) ? '[REDACTED:setting]' : redact(value);
}
