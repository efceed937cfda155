import type { Found } from './detection.ts';
import { before, type ColumnHint, saysCard, saysIdentifier } from './hints.ts';

/* Payment card numbers: ISO/IEC 7812 (issuer ranges, Luhn), lengths as the networks publish them. */

/** Whether digits satisfy the Luhn checksum. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, twice = false; at >= 0; at--, twice = !twice) {
    let digit = digits.charCodeAt(at) - 48;
    if (twice) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}

/** The network whose issuer range and length a number has, or null. Obsolete 13-digit Visa numbers are left out. */
export function network(digits: string): string | null {
  const { length } = digits;
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  if (digits.startsWith('4')) return length === 16 || length === 19 ? 'visa' : null;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16 ? 'mastercard' : null;
  if (two === 34 || two === 37) return length === 15 ? 'amex' : null;
  if (four === 6011 || two === 65 || (four >= 6440 && four <= 6499))
    return length === 16 || length === 19 ? 'discover' : null;
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059) || four === 3095)
    return length === 14 ? 'diners' : null;
  if (four >= 3528 && four <= 3589) return length === 16 || length === 19 ? 'jcb' : null;
  if (two === 62 || (four >= 8100 && four <= 8171)) return length === 16 || length === 19 ? 'unionpay' : null;
  if (four >= 2200 && four <= 2204) return length === 16 ? 'mir' : null;
  if ([5018, 5019, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763].includes(four))
    return length === 16 || length === 18 || length === 19 ? 'maestro' : null;
  return null;
}

/** Numbers that payment providers print in their documentation for tests: Stripe, Adyen, Braintree, PayPal, Square, Worldpay, Authorize.Net. */
const TEST_NUMBERS = new Set(
  (
    '4242424242424242 4111111111111111 4012888888881881 4000056655665556 4009348888881881 4012000033330026 4012000077777777 ' +
    '4217651111111119 4500600000000061 4032039317984658 4444333322221111 4462030000000000 4917610000000000 4917300800000000 ' +
    '4911830000000000 4988438843884305 4166676667666746 4646464646464644 4977949494949497 4532110000000000 4263982640269299 ' +
    '4000002500003155 4000002760003184 4000003800000446 4000008260003178 4000000000000002 4000000000009995 4000000000000069 4000000000000127 4000000000003220 ' +
    '4111111145551142 4001020000000009 4548812049400004 5555555555554444 5105105105105100 5200828282828210 5454545454545454 5431111111111111 ' +
    '5577000055770004 5555341244441115 5100081112223332 5100290029002909 5136333333333335 5585558555855583 5425233430109903 ' +
    '5555444433331111 2222400070000005 2223003122003222 2223000048400011 2223520043560014 2222420000001113 2720990000000015 5114610000000004 ' +
    '6759649826438453 6771798021000008 5019717010103742 378282246310005 371449635398431 378734493671000 370000000000002 ' +
    '374245455400126 374251018720018 343434343434343 6011111111111117 6011000990139424 6011981111111113 6011000000000012 ' +
    '6011000000000004 6011601160116611 6445644564456445 6555900000604105 6510000000000000 30569309025904 38520000023237 ' +
    '36227206271667 36006666333344 3056930009020004 38000000000006 36148900647913 3530111333300000 3566002020360505 3569990010095841 3088000000000017 ' +
    '6200000000000005 6200000000000047 6205500000000000004 6243030000000001 6771830000000000006 2200000000000053'
  ).split(' '),
);

/** Stripe's test numbers by country (`400000` + ISO 3166 numeric code), and by what shall happen to the payment. */
const STRIPE = /^400000\d{3}000\d{4}$/;

/** A number that nobody's account has: in a range kept for tests, or made of two or three digits. */
function isMadeUp(digits: string): boolean {
  return digits.startsWith('400000') || new Set(digits).size <= 3;
}

const GROUPINGS: readonly (readonly number[])[] = [
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 4, 4, 3],
];
/** Runs of digits, single or in groups; never the tail or head of a longer word, decimal or dotted number. */
const RUN = /(?<![\w.,+\-/\\%&@#=?])\d{3,19}(?:[ -]\d{1,19})*(?![\w%@]|[.,]\d)/g;
/** As in a JSON text or a query, where `=`, `#` or a quote stand before the number. */
const LEAD = /[=#?&/]/;
const ENOUGH = /\d{4}[ -]\d{4}|\d{4}[ -]\d{6}|\d{14}/;

/** Reports cards (`card`: spoken of as one, or written in groups; `card-bare`: only its digits say so; `card-in-id`: in a column of identifiers), test cards, near misses. */
export function findCards(text: string, hint: ColumnHint, found: Found): void {
  if (!ENOUGH.test(text)) return;
  for (const run of text.matchAll(RUN)) {
    const { index } = run;
    let at = index;
    const groups = run[0].split(/[ -]/).map((digits) => {
      const group = { digits, start: at, end: at + digits.length };
      at = group.end + 1;
      return group;
    });
    const separators = [...run[0].matchAll(/[ -]/g)].map((match) => match[0]);
    let from = 0;
    while (from < groups.length)
      from +=
        grouped(text, groups, separators, from, hint, found) ?? single(text, groups, separators, from, hint, found);
  }
  if (LEAD.test(text))
    for (const match of text.matchAll(/(?<=[=#?&/])\d{14,19}(?![\w%@.,-])/g))
      judge(text, match[0], match.index, match.index + match[0].length, false, hint, found);
}

interface Group {
  digits: string;
  start: number;
  end: number;
}

/** A card written in groups that begins at `from`: how many groups it takes, or null when there is none. */
function grouped(
  text: string,
  groups: readonly Group[],
  separators: readonly string[],
  from: number,
  hint: ColumnHint,
  found: Found,
): number | null {
  for (const lengths of GROUPINGS) {
    const part = groups.slice(from, from + lengths.length);
    if (part.length < lengths.length || part.some(({ digits }, at) => digits.length !== lengths[at])) continue;
    const inner = separators.slice(from, from + lengths.length - 1);
    const [separator] = inner;
    if (inner.some((one) => one !== separator)) continue;
    // Joined by a dash to more groups, or with one more group of four: the number of something else.
    const next = separators[from + lengths.length - 1];
    const previous = from > 0 ? separators[from - 1] : undefined;
    if (separator === '-' && (next === '-' || previous === '-')) continue;
    const following = groups[from + lengths.length];
    if (
      lengths.length === 4 &&
      next === separator &&
      (following?.digits.length === 4 || following?.digits.length === 3)
    )
      continue;
    const first = part[0];
    const last = part[part.length - 1];
    if (!first || !last) continue;
    judge(text, part.map(({ digits }) => digits).join(''), first.start, last.end, true, hint, found);
    return lengths.length;
  }
  return null;
}

function single(
  text: string,
  groups: readonly Group[],
  separators: readonly string[],
  from: number,
  hint: ColumnHint,
  found: Found,
): number {
  const group = groups[from];
  if (!group || group.digits.length < 14) return 1;
  if (separators[from] === '-' || (from > 0 && separators[from - 1] === '-')) return 1;
  judge(text, group.digits, group.start, group.end, false, hint, found);
  return 1;
}

/** The middle of an account number written in groups of four. */
const IBAN_BEFORE = /(?:^|[^A-Z0-9])[A-Z]{2}\d{2}(?: [A-Z0-9]{4})* $/;

function judge(
  text: string,
  digits: string,
  start: number,
  end: number,
  inGroups: boolean,
  hint: ColumnHint,
  found: Found,
): void {
  const lead = before(text, start);
  if (IBAN_BEFORE.test(lead)) return;
  if (network(digits) === null) {
    // Whoever issues numbers of sixteen digits that are no cards will issue some that look like one.
    found('long-number', start, end);
    return;
  }
  const sure = inGroups || hint.card || saysCard(lead);
  const numbered = hint.identifier || saysIdentifier(lead);
  if (!luhn(digits)) found(sure ? 'card-miss' : 'card-bare-miss', start, end);
  else if (TEST_NUMBERS.has(digits)) found('card-test', start, end);
  // Padded numbers of orders are made of few digits too.
  else if (isMadeUp(digits))
    found(sure || (STRIPE.test(digits) && !numbered) ? 'card-test' : 'long-number', start, end);
  else if (sure) found('card', start, end);
  else if (numbered && !hint.identifier) found('long-number', start, end);
  else found(hint.identifier ? 'card-in-id' : 'card-bare', start, end);
}
