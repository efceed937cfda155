import type { Found } from './detection.ts';
import { before, type ColumnHint, saysIdentifier } from './hints.ts';

/* Telephone numbers: E.164 (country code, at most fifteen digits) and the North American plan (NXX-NXX-XXXX). */

/** Country codes with the length of a national number, where it is narrow; elsewhere six to twelve digits. */
const LENGTHS: Readonly<Record<string, readonly [number, number]>> = {
  '1': [10, 10],
  '7': [10, 10],
  '20': [8, 10],
  '27': [9, 9],
  '30': [10, 10],
  '31': [9, 9],
  '32': [8, 9],
  '33': [9, 9],
  '34': [9, 9],
  '36': [8, 9],
  '39': [8, 11],
  '40': [9, 9],
  '41': [9, 9],
  '43': [7, 13],
  '44': [9, 10],
  '45': [8, 8],
  '46': [7, 9],
  '47': [8, 8],
  '48': [9, 9],
  '49': [7, 12],
  '51': [8, 9],
  '52': [10, 10],
  '54': [10, 11],
  '55': [10, 11],
  '56': [9, 9],
  '57': [10, 10],
  '60': [8, 10],
  '61': [9, 9],
  '62': [8, 12],
  '63': [8, 10],
  '64': [8, 10],
  '65': [8, 8],
  '66': [8, 9],
  '81': [9, 10],
  '82': [8, 10],
  '84': [8, 10],
  '86': [10, 11],
  '90': [10, 10],
  '91': [10, 10],
  '92': [9, 10],
  '98': [10, 10],
  '351': [9, 9],
  '352': [6, 9],
  '353': [7, 9],
  '354': [7, 7],
  '358': [6, 10],
  '380': [9, 9],
  '385': [8, 9],
  '386': [8, 8],
  '420': [9, 9],
  '421': [9, 9],
};

/** Assigned three-digit codes by their first two digits (ITU-T E.164 list); the other codes have one or two. */
const TWO = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
const THREE =
  /^(?:21[12368]|22\d|23\d|24\d|25[0-8]|26\d|29[0178]|35\d|37[0-8]|38[0-35-79]|42[013]|50\d|59\d|67[02-9]|68[0-35-9]|69[0-2]|85[02356]|88[06]|96[0-8]|97[0-79]|99[2-68])/;

function countryCode(digits: string): string | null {
  if (digits.startsWith('1') || digits.startsWith('7')) return digits.charAt(0);
  if (TWO.test(digits)) return digits.slice(0, 2);
  return THREE.test(digits) ? digits.slice(0, 3) : null;
}

/** Area and exchange of the North American plan: neither begins with 0 or 1, nor is a service code such as 911. */
function isNorthAmerican(digits: string): boolean {
  return /^[2-9](?!11)\d{2}[2-9](?!11)\d{6}$/.test(digits);
}

/** Whether the digits after a plus are a number that can be dialled. */
export function isE164(digits: string): boolean {
  if (digits.length < 8 || digits.length > 15) return false;
  const code = countryCode(digits);
  if (code === null) return false;
  const national = digits.slice(code.length);
  const [least, most] = LENGTHS[code] ?? [6, 12];
  if (national.length < least || national.length > most) return false;
  return code === '1' ? isNorthAmerican(national) : new Set(national).size > 2;
}

/**
 * Numbers that no network assigns, kept for films and examples: 555-0100 to 555-0199 (NANPA), Ofcom's for drama, and those
 * of Australia's ACMA.
 */
export function isFictional(digits: string): boolean {
  return (
    /^1?[2-9]\d{2}55501\d{2}$/.test(digits) ||
    /^(?:44|0)(?:7700900\d{3}|2079460\d{3}|1[136]14960\d{3}|1632960\d{3})$/.test(digits) ||
    /^(?:61|0)4915(?:70\d{3}|71\d{3})$/.test(digits) ||
    /^(?:61|0)[2378]5550\d{4}$/.test(digits)
  );
}

const INTERNATIONAL = /(?<![\w.+\-/])\+\d(?:[ ().-]{0,2}\d){6,16}(?![\w%]|[.,:-]\d)/g;
const NATIONAL = /(?<![\w.+\-/#])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w%]|[.,:-]\d)/g;
const BARE = /(?<![\w.+\-/])0?\d{9,11}(?![\w%]|[.,:-]\d)/g;

/** Reports numbers with a plus, or as North America writes them; bare digits only in a column for telephone numbers. */
export function findPhone(text: string, hint: ColumnHint, found: Found): void {
  if (text.includes('+')) {
    for (const match of text.matchAll(INTERNATIONAL)) {
      const digits = match[0].replace(/\D/g, '');
      report(digits, isE164(digits), match.index, match[0], found);
    }
  }
  for (const match of text.matchAll(NATIONAL)) {
    const digits = match[0].replace(/\D/g, '');
    if (!hint.phone && (hint.identifier || saysIdentifier(before(text, match.index).replace(/(?:phone|tel)\W*$/i, ''))))
      continue;
    report(digits, isNorthAmerican(digits), match.index, match[0], found);
  }
  if (!hint.phone) return;
  for (const match of text.matchAll(BARE)) {
    const [digits] = match;
    const dialled =
      digits.startsWith('0') ||
      isNorthAmerican(digits) ||
      (digits.startsWith('1') && isNorthAmerican(digits.slice(1))) ||
      isE164(digits);
    report(digits, dialled && new Set(digits).size > 2, match.index, digits, found);
  }
}

function report(digits: string, dialled: boolean, start: number, span: string, found: Found): void {
  if (isFictional(digits)) found('phone-fictional', start, start + span.length);
  else found(dialled ? 'phone' : 'phone-miss', start, start + span.length);
}
