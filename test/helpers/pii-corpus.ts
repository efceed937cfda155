/*
 * A generated corpus of values, each with what is true of it, for measuring the detectors. Made without their code: checksums are
 * computed here in another way. Every value is made up by a seeded generator; none is a person's.
 */

export type Kind =
  | 'card'
  | 'ssn'
  | 'iban'
  | 'email'
  | 'phone'
  | 'secret'
  | 'lorem'
  | 'placeholder'
  | 'card-test'
  | 'phone-fictional';

export interface CorpusColumn {
  name: string;
  json: boolean;
  values: { text: string; truth: readonly Kind[] }[];
}

/** Mulberry32: the same seed, the same corpus. */
function generator(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number) => Math.floor(next() * below);
  const pick = <T>(list: readonly T[]): T => list[int(list.length)] as T;
  const digits = (count: number) => Array.from({ length: count }, () => int(10)).join('');
  const from = (alphabet: string, count: number) =>
    Array.from({ length: count }, () => alphabet[int(alphabet.length)]).join('');
  return { next, int, pick, digits, from };
}
type Random = ReturnType<typeof generator>;

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const HEX = '0123456789abcdef';

function withLuhn(body: string): string {
  for (let check = 0; check < 10; check++) {
    const all = [...`${body}${check}`].map(Number).reverse();
    const sum = all.reduce(
      (total, digit, at) => total + (at % 2 === 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9),
      0,
    );
    if (sum % 10 === 0) return `${body}${check}`;
  }
  throw new Error('no check digit');
}

const BINS: readonly [prefix: string, length: number][] = [
  ['4539', 16],
  ['4716', 16],
  ['4929', 16],
  ['4485', 16],
  ['4024', 16],
  ['4147', 16],
  ['4916', 16],
  ['4778', 16],
  ['5172', 16],
  ['5234', 16],
  ['5392', 16],
  ['5489', 16],
  ['5513', 16],
  ['2271', 16],
  ['2540', 16],
  ['2689', 16],
  ['3434', 15],
  ['3714', 15],
  ['3782', 15],
  ['6011', 16],
  ['6521', 16],
  ['6448', 16],
  ['3612', 14],
  ['3868', 14],
  ['3530', 16],
  ['3571', 16],
  ['6217', 16],
  ['6228', 16],
];

function card(random: Random): string {
  for (;;) {
    const [prefix, length] = random.pick(BINS);
    const number = withLuhn(prefix + random.digits(length - prefix.length - 1));
    if (new Set(number).size > 4) return number;
  }
}

function grouped(number: string, separator: string): string {
  if (number.length === 15) return [number.slice(0, 4), number.slice(4, 10), number.slice(10)].join(separator);
  if (number.length === 14) return [number.slice(0, 4), number.slice(4, 10), number.slice(10)].join(separator);
  return (number.match(/.{1,4}/g) ?? []).join(separator);
}

function ssn(random: Random, separator = '-'): string {
  for (;;) {
    const area = 1 + random.int(899);
    if (area === 666) continue;
    const text = [
      String(area).padStart(3, '0'),
      String(1 + random.int(99)).padStart(2, '0'),
      String(1 + random.int(9999)).padStart(4, '0'),
    ];
    if (new Set(text.join('')).size > 2) return text.join(separator);
  }
}

const IBANS: readonly [country: string, bban: (random: Random) => string][] = [
  ['DE', (r) => r.digits(18)],
  ['FR', (r) => `${r.digits(10)}${r.from(`${UPPER}0123456789`, 11)}${r.digits(2)}`],
  ['NL', (r) => `${r.from(UPPER, 4)}${r.digits(10)}`],
  ['GB', (r) => `${r.from(UPPER, 4)}${r.digits(14)}`],
  ['ES', (r) => r.digits(20)],
  ['IT', (r) => `${r.from(UPPER, 1)}${r.digits(10)}${r.from('0123456789', 12)}`],
  ['BE', (r) => r.digits(12)],
  ['AT', (r) => r.digits(16)],
  ['CH', (r) => r.digits(17)],
  ['PL', (r) => r.digits(24)],
  ['SE', (r) => r.digits(20)],
  ['NO', (r) => r.digits(11)],
  ['DK', (r) => r.digits(14)],
  ['FI', (r) => r.digits(14)],
  ['IE', (r) => `${r.from(UPPER, 4)}${r.digits(14)}`],
  ['PT', (r) => r.digits(21)],
  ['CZ', (r) => r.digits(20)],
  ['HU', (r) => r.digits(24)],
  ['SA', (r) => r.digits(20)],
  ['AE', (r) => r.digits(19)],
  ['TR', (r) => `${r.digits(6)}${r.from(`${UPPER}0123456789`, 16)}`],
];

function iban(random: Random, valid = true): string {
  const [country, bban] = random.pick(IBANS);
  const body = bban(random);
  const number = [...`${body}${country}00`]
    .map((char) => (/\d/.test(char) ? char : String(char.charCodeAt(0) - 55)))
    .join('');
  const check = 98 - Number(BigInt(number) % 97n);
  return `${country}${String(valid ? check : 2 + ((check + 1 + random.int(90)) % 96)).padStart(2, '0')}${body}`;
}

const GIVEN = [
  'aline',
  'bram',
  'cosima',
  'daan',
  'elif',
  'femke',
  'gustav',
  'hanne',
  'imre',
  'jurre',
  'katrijn',
  'levi',
  'maud',
  'nils',
  'okke',
  'puck',
  'quirin',
  'rosa',
  'sem',
  'tess',
];
const FAMILY = [
  'aerts',
  'brouwer',
  'claes',
  'dreesen',
  'eggers',
  'fenne',
  'groot',
  'haverkamp',
  'ibsen',
  'jonker',
  'kuiper',
  'lauwers',
  'mertens',
  'noorda',
  'ostman',
];
const DOMAINS = [
  'gmail.com',
  'outlook.com',
  'kade.nl',
  'harborpost.eu',
  'mail.fenland.co.uk',
  'web.de',
  'proton.me',
  'orange.fr',
  'noord-zee.be',
  'studio.design',
  'ibm.com',
  'uni-sund.edu',
];

function email(random: Random): string {
  const given = random.pick(GIVEN);
  const family = random.pick(FAMILY);
  const local = random.pick([
    `${given}.${family}`,
    `${given}${random.int(99)}`,
    `${given[0]}_${family}`,
    `${given}+${random.pick(['news', 'shop', 'x1'])}`,
    `${given}-${family}`,
    `${given}`,
  ]);
  return `${local}@${random.pick(DOMAINS)}`;
}

/** National formats of several plans; each is one that can be dialled. */
function phone(random: Random): string {
  const n = (first: string, rest: number) => random.pick([...first]) + random.digits(rest);
  const us = () => {
    for (;;) {
      const text = `${n('2346789', 2)}${n('2346789', 2)}${random.digits(4)}`;
      if (!/^\d11|^\d{3}\d11/.test(text) && !text.slice(3).startsWith('555')) return text;
    }
  };
  const american = us();
  const parts = [american.slice(0, 3), american.slice(3, 6), american.slice(6)] as const;
  return random.pick([
    () => `+1 ${parts[0]}-${parts[1]}-${parts[2]}`,
    () => `+1${american}`,
    () => `(${parts[0]}) ${parts[1]}-${parts[2]}`,
    () => `${parts[0]}-${parts[1]}-${parts[2]}`,
    () => `${parts[0]}.${parts[1]}.${parts[2]}`,
    () => `+49 1${n('567', 1)} ${random.digits(8)}`,
    () => `+44 7${n('3458', 2)} ${random.digits(6)}`,
    () => `+31 6 ${n('12345', 7)}`,
    () => `+33 ${n('67', 0)} ${random.digits(2)} ${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
    () => `+32 4${n('79', 1)} ${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
    () => `+91 ${n('6789', 4)} ${random.digits(5)}`,
    () => `+55 11 9${random.digits(4)}-${random.digits(4)}`,
    () => `+61 4${random.digits(2)} ${random.digits(3)} ${random.digits(3)}`,
    () => `+353 8${n('3567', 0)} ${random.digits(3)} ${random.digits(4)}`,
  ])();
}

function jwt(random: Random, role: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'supabase', ref: random.from('abcdefghijklmnop', 20), role, iat: 1700000000 + random.int(9e7), exp: 2000000000 })}.${random.from(`${ALNUM}-_`, 43)}`;
}

function secret(random: Random): string {
  // Put together from parts, so that no scanner of repositories takes this file for a leak.
  return random.pick([
    () => `sk_${'live'}_51${random.from(ALNUM, 60)}`,
    () => `sb_${'secret'}_${random.from(ALNUM, 22)}_${random.from(ALNUM, 8)}`,
    () => `sbp_${random.from(HEX, 40)}`,
    () => `AKIA${random.from(`${UPPER}234567`, 16)}`,
    () => `ghp_${random.from(ALNUM, 36)}`,
    () => `xoxb-${random.digits(12)}-${random.digits(12)}-${random.from(ALNUM, 24)}`,
    () => `AIza${random.from(`${ALNUM}-_`, 35)}`,
    () => `sk-proj-${random.from(ALNUM, 48)}`,
    () => `SG.${random.from(ALNUM, 22)}.${random.from(ALNUM, 43)}`,
    () => `whsec_${random.from(ALNUM, 32)}`,
    () =>
      `postgresql://postgres:${random.from(ALNUM, 16)}@db.${random.from('abcdefghijklmnopqrst', 20)}.supabase.co:5432/postgres`,
    () => jwt(random, random.pick(['service_role', 'authenticated'])),
    () =>
      `-----BEGIN PRIVATE KEY-----\n${random.from(ALNUM, 64)}\n${random.from(ALNUM, 64)}\n-----END PRIVATE KEY-----`,
  ])();
}

const WORDS =
  'the parcel came late and customer asked for a refund of shipping we called back on monday about box that was left with neighbour please check again before closing'.split(
    ' ',
  );
const words = (random: Random, count: number) => Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
const mixedHex = (random: Random, count: number) =>
  `${random.from(HEX, count - 6)}${random.from('abcdef', 3)}${random.digits(3)}`;

/** Things of which systems write many, and which look like something else. */
const NEGATIVES: readonly [column: string, make: (random: Random, at: number) => string][] = [
  ['order_number', (r) => r.digits(16)],
  ['order_no', (r) => `4${r.digits(15)}`],
  ['value', (r) => `4${r.digits(15)}`],
  ['data', (r) => `${r.digits(4)} ${r.digits(4)} ${r.digits(4)} ${r.digits(4)}`],
  ['info', (r) => `${r.digits(3)}-${r.digits(2)}-${r.digits(4)}`],
  ['contact', (r) => `${r.digits(3)}-${r.digits(3)}-${r.digits(4)}`],
  ['content', (r) => `${words(r, 4)} ${r.digits(16)} ${words(r, 4)}`],
  ['reference', (r) => `5${r.pick(['1', '2', '3', '4', '5'])}${r.digits(14)}`],
  ['payment_reference', (r) => `${r.digits(4)}-${r.digits(4)}-${r.digits(4)}-${r.digits(4)}`],
  ['ledger_entry', (r) => `6${r.digits(15)}`],
  ['amex_like_tracking', (r) => `37${r.digits(13)}`],
  ['imei', (r) => withLuhn(`35${r.digits(12)}`)],
  ['iccid', (r) => withLuhn(`8931${r.digits(14)}`)],
  [
    'tracking',
    (r) =>
      r.pick([
        `1Z${r.from(`${UPPER}0123456789`, 16)}`,
        `9400${r.digits(18)}`,
        r.digits(12),
        r.digits(15),
        `JD${r.digits(18)}`,
      ]),
  ],
  ['id', (r) => `${r.from(HEX, 8)}-${r.from(HEX, 4)}-4${r.from(HEX, 3)}-a${r.from(HEX, 3)}-${r.from(HEX, 12)}`],
  ['session_key', (r) => `${r.digits(8)}-${r.digits(4)}-4${r.digits(3)}-9${r.digits(3)}-${r.digits(12)}`],
  ['sha256', (r) => r.from(HEX, 64)],
  ['etag', (r) => `"${mixedHex(r, 32)}"`],
  ['created', (r) => new Date(1.6e12 + r.int(1.5e11)).toISOString()],
  ['epoch_ms', (r) => String(1.6e12 + r.int(1.5e11))],
  ['epoch_us', (r) => `${1.6e12 + r.int(1.5e11)}${r.digits(3)}`],
  [
    'stamp',
    (r) =>
      `20${10 + r.int(16)}${String(1 + r.int(12)).padStart(2, '0')}${String(1 + r.int(28)).padStart(2, '0')}${String(r.int(24)).padStart(2, '0')}${r.digits(1)}0${r.digits(1)}0`,
  ],
  ['snowflake', (r) => `1${r.digits(18)}`],
  ['discord_id', (r) => `4${r.digits(17)}`],
  ['ean', (r) => `40${r.digits(11)}`],
  ['gtin', (r) => `3${r.digits(13)}`],
  ['isbn', (r) => `978-${r.digits(1)}-${r.digits(4)}-${r.digits(4)}-${r.digits(1)}`],
  ['employee_no', (r) => `${r.digits(3)}-${r.digits(2)}-${r.digits(4)}`],
  ['part_number', (r) => `${r.digits(3)}-${r.digits(3)}-${r.digits(4)}`],
  ['room', (r) => `${r.digits(3)} ${r.digits(2)} ${r.digits(4)}`],
  ['zip', (r) => `${r.digits(5)}-${r.digits(4)}`],
  ['ticket', (r) => `${r.from(UPPER, 2)}${r.digits(2)}${r.from(`${UPPER}0123456789`, 18)}`],
  ['voucher', (r) => `${r.pick(['DE', 'GB', 'NL', 'FR', 'SE'])}${r.digits(20)}`],
  ['bad_iban', (r) => iban(r, false)],
  ['blob', (r) => Buffer.from(r.from(ALNUM, 60)).toString('base64')],
  ['thumbnail', (r) => `data:image/png;base64,${r.from(`${ALNUM}+/`, 200)}==`],
  ['slug', (r) => `sk-${r.pick(FAMILY)}-${words(r, 4).replaceAll(' ', '-')}`],
  ['asset', (r) => `${r.pick(FAMILY)}@${1 + r.int(3)}x.png`],
  ['remote', (r) => `git@github.com:${r.pick(FAMILY)}/${r.pick(GIVEN)}.git`],
  ['package', (r) => `@${r.pick(FAMILY)}/${r.pick(GIVEN)}@${r.int(9)}.${r.int(20)}.${r.int(9)}`],
  ['handle', (r) => `@${r.pick(GIVEN)}_${r.pick(FAMILY)}`],
  ['ip', (r) => `${r.int(255)}.${r.int(255)}.${r.int(255)}.${r.int(255)}`],
  ['position', (r) => `${(r.next() * 180 - 90).toFixed(14)},${(r.next() * 360 - 180).toFixed(14)}`],
  ['amount', (r) => `${r.int(1e6)}.${r.digits(16)}`],
  ['version', (r) => `v${r.int(20)}.${r.int(90)}.${r.int(90)}+${r.digits(8)}`],
  ['range', (r) => `${r.digits(4)}-${r.digits(4)}`],
  ['offset_text', (r) => `UTC+0${r.int(9)}:00 since 20${r.digits(2)}-0${1 + r.int(9)}-1${r.int(9)}`],
  ['stripe_id', (r) => `pi_${r.from(ALNUM, 24)}`],
  ['publishable', (r) => `pk_live_${r.from(ALNUM, 40)}`],
  ['password_hash', (r) => `$2b$12$${r.from(`${ALNUM}./`, 53)}`],
  ['comment', (r) => `${words(r, 12)}. Order ${r.digits(16)}, ticket ${r.digits(9)}.`],
  [
    'log',
    (r) =>
      `[${r.digits(13)}] request ${r.from(HEX, 32)} took ${r.digits(3)} ms, span ${r.digits(19)}, retry at ${r.digits(10)}`,
  ],
  [
    'payload',
    (r) =>
      JSON.stringify({
        order_id: r.digits(16),
        ts: 1.6e12 + r.int(1e11),
        trace: r.from(HEX, 32),
        ref: `4${r.digits(15)}`,
        amount: r.int(99999),
      }),
  ],
  ['full_name', (r) => `${r.pick(GIVEN)} ${r.pick(FAMILY)}`],
  ['description', (r) => words(r, 20)],
];

type Positive = [column: string, json: boolean, truth: readonly Kind[], make: (random: Random) => string];

const TEST_CARDS = [
  '4242424242424242',
  '5555555555554444',
  '378282246310005',
  '4000056655665556',
  '6011111111111117',
  '4000002500003155',
];

const POSITIVES: readonly Positive[] = [
  ['card_number', false, ['card'], card],
  ['pan', false, ['card'], (r) => grouped(card(r), ' ')],
  ['value', false, ['card'], card],
  ['extra', false, ['card'], (r) => grouped(card(r), '-')],
  [
    'note',
    false,
    ['card'],
    (r) =>
      `${words(r, 8)}, my card is ${r.pick([card, (q: Random) => grouped(card(q), ' ')])(r)} exp ${1 + r.int(12)}/2${r.int(9)}`,
  ],
  ['request', true, ['card'], (r) => JSON.stringify({ order: r.digits(10), card_number: card(r), cvc: r.digits(3) })],
  ['ssn', false, ['ssn'], (r) => ssn(r)],
  ['social_security_number', false, ['ssn'], (r) => ssn(r, '')],
  ['remarks', false, ['ssn'], (r) => `${words(r, 6)} SSN ${ssn(r)} ${words(r, 3)}`],
  ['answers', true, ['ssn'], (r) => JSON.stringify({ q1: words(r, 3), q2: ssn(r) })],
  ['iban', false, ['iban'], (r) => iban(r)],
  ['details', false, ['iban'], (r) => `${words(r, 4)} ${(iban(r).match(/.{1,4}/g) ?? []).join(' ')} ${words(r, 2)}`],
  ['meta', true, ['iban'], (r) => JSON.stringify({ payout: { account: iban(r) } })],
  ['email', false, ['email'], email],
  ['message', false, ['email'], (r) => `${words(r, 7)} <${email(r)}>, ${words(r, 5)}`],
  ['event', true, ['email'], (r) => JSON.stringify({ type: 'login', user: { email: email(r) } })],
  ['phone', false, ['phone'], phone],
  ['mobile', false, ['phone'], (r) => phone(r).replace(/[ ().-]/g, '')],
  ['text', false, ['phone'], (r) => `${words(r, 5)} call me at ${phone(r)} ${words(r, 4)}`],
  ['profile', true, ['phone', 'email'], (r) => JSON.stringify({ contact: phone(r), mail: email(r) })],
  ['config', false, ['secret'], secret],
  ['settings', true, ['secret'], (r) => JSON.stringify({ enabled: true, value: secret(r) })],
  ['chat', false, ['secret'], (r) => `${words(r, 5)}: ${secret(r)}`],
  ['bio', false, ['lorem'], (r) => `Lorem ipsum dolor sit amet, ${words(r, 6)}`],
  ['name', false, ['placeholder'], (r) => r.pick(['John Doe', 'Jane Doe', 'Test User', 'Max Mustermann', 'foo bar'])],
  ['payment', true, ['card-test'], (r) => JSON.stringify({ number: r.pick(TEST_CARDS) })],
  [
    'fax',
    false,
    ['phone-fictional'],
    (r) => `(${200 + r.int(700)}) 555-01${r.digits(2)}`.replace('(211)', '(212)').replace(/\((\d)11\)/, '($112)'),
  ],
];

/** Columns of one kind, columns of look-alikes, and columns of look-alikes and free text in which few values are real. */
export function corpus(size: number, seed: number): CorpusColumn[] {
  const random = generator(seed);
  const columns: CorpusColumn[] = [];
  const negative = Math.floor((size * 0.6) / NEGATIVES.length);
  const positive = Math.floor((size * 0.3) / POSITIVES.length);
  for (const [name, make] of NEGATIVES) {
    const values = Array.from({ length: negative }, (_, at) => ({ text: make(random, at), truth: [] as Kind[] }));
    columns.push({ name, json: name === 'payload', values });
  }
  for (const [name, json, truth, make] of POSITIVES)
    columns.push({ name, json, values: Array.from({ length: positive }, () => ({ text: make(random), truth })) });
  // Free text in which one value in ten holds something, beside look-alikes.
  const free = POSITIVES.filter(([name]) =>
    ['note', 'remarks', 'details', 'message', 'text', 'chat', 'bio'].includes(name),
  );
  const beside = NEGATIVES.filter(([name]) =>
    ['comment', 'log', 'description', 'order_number', 'slug', 'remote', 'blob'].includes(name),
  );
  const rest = Math.max(0, size - columns.reduce((sum, { values }) => sum + values.length, 0));
  for (let at = 0; at < 10; at++) {
    const values = Array.from({ length: Math.ceil(rest / 10) }, (_, place) => {
      if (random.next() < 0.1) {
        const [, , truth, make] = random.pick(free);
        return { text: make(random), truth };
      }
      return { text: random.pick(beside)[1](random, place), truth: [] as Kind[] };
    });
    columns.push({ name: `body_${at}`, json: false, values });
  }
  return columns;
}
