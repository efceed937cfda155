import type { Found } from './detection.ts';

/*
 * International bank account numbers, ISO 13616: length and structure by country as in the registry that SWIFT publishes
 * (n digits, a capitals, c either), checksum ISO 7064 mod 97-10.
 */

const STRUCTURES: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'AD 8n12c AE 19n AL 8n16c AT 16n AZ 4a20c BA 16n BE 12n BG 4a6n8c BH 4a14c BR 23n1a1c BY 4c4n16c CH 5n12c CR 18n CY 8n16c ' +
    'CZ 20n DE 18n DK 14n DO 4c20n EE 16n EG 25n ES 20n FI 14n FO 14n FR 10n11c2n GB 4a14n GE 2a16n GI 4a15c GL 14n GR 7n16c ' +
    'GT 4c20c HR 17n HU 24n IE 4a14n IL 19n IQ 4a15n IS 22n IT 1a10n12c JO 4a4n18c KW 4a22c KZ 3n13c LB 4n20c LC 4a24c LI 5n12c ' +
    'LT 16n LU 3n13c LV 4a13c LY 21n MC 10n11c2n MD 2c18c ME 18n MK 3n10c2n MR 23n MT 4a5n18c MU 4a19n3a NL 4a10n NO 11n ' +
    'PK 4a16c PL 24n PS 4a21c PT 21n QA 4a21c RO 4a16c RS 18n SA 2n18c SC 4a20n3a SD 14n SE 20n SI 15n SK 20n SM 1a10n12c ' +
    'ST 21n SV 4a20n TL 19n TN 20n TR 6n16c UA 6n19c VA 18n VG 4a16n XK 16n'
  )
    .split(' ')
    .reduce<[string, string][]>((pairs, word, at, words) => {
      if (at % 2 === 0) pairs.push([word, words[at + 1] ?? '']);
      return pairs;
    }, []),
);

interface Country {
  length: number;
  pattern: RegExp;
}

const CLASSES: Readonly<Record<string, string>> = { n: '\\d', a: '[A-Z]', c: '[A-Z0-9]' };

const COUNTRIES: ReadonlyMap<string, Country> = new Map(
  Object.entries(STRUCTURES).map(([country, structure]) => {
    const parts = [...structure.matchAll(/(\d+)([nac])/g)].map(([, count, kind]) => ({ count: Number(count), kind }));
    const length = 4 + parts.reduce((sum, { count }) => sum + count, 0);
    const pattern = new RegExp(
      `^[A-Z]{2}\\d{2}${parts.map(({ count, kind }) => `${CLASSES[kind ?? '']}{${count}}`).join('')}$`,
    );
    return [country, { length, pattern }];
  }),
);

/** Whether the checksum holds: the number, country and check digits last and letters as 10 to 35, is 1 modulo 97. */
export function mod97(iban: string): boolean {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const code = char.charCodeAt(0);
    const value = code >= 65 ? code - 55 : code - 48;
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}

/** Examples of the registry and of payment providers' documentation. */
const KNOWN = new Set(
  (
    'AD1200012030200359100100 AE070331234567890123456 AT611904300234573201 AT483200000012345864 AT321904300235473204 BE68539007547034 BE71096123456769 ' +
    'BG80BNBG96611020345678 CH9300762011623852957 CH5604835012345678009 CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000 ' +
    'DE75512108001245126199 DE62370400440532013001 DE91100000000123456789 DE02100100109307118603 DK5000400440116243 DK9520000123456789 EE382200221020145685 EE471000001020145685 ' +
    'ES9121000418450200051332 ES7921000813610123456789 FI2112345600000785 FI1410093000123458 FR1420041010050500013M02606 FR7630006000011234567890189 ' +
    'GB29NWBK60161331926819 GB82WEST12345698765432 GB33BUKB20201555555555 GB94BARC10201530093459 GI75NWBK000000007099453 GI56XAPO000001234567890 GR1601101250000000012300695 ' +
    'GR9608100010000001234567890 HR1210010051863000160 HR1723600001101234565 HU42117730161111101800000000 HU93116000060000000012345676 IE29AIBK93115212345678 IE64IRCE92050112345678 IS140159260076545510730339 ' +
    'IT60X0542811101000000123456 LI21088100002324013AA LT121000011101001000 LT601010012345678901 LU280019400644750000 LU120010001234567891 LV80BANK0000435195001 LV97HABA0012345678910 ' +
    'MC5811222000010123456789030 MC5810096180790123456789085 MT84MALT011000012345MTLCAST001S MT31MALT01100000000000000000123 NL91ABNA0417164300 NL39RABO0300065264 NL02ABNA0123456789 NO9386011117947 NO8330001234567 ' +
    'PL61109010140000071219812874 PL10105000997603123456789123 PT50000201231234567890154 PT50002700000001234567833 RO49AAAA1B31007593840000 RO09BCYP0000001234567890 SE4550000000058398257466 SE7280000810340009783242 ' +
    'SI56263300012039086 SI56192001234567892 SK3112000000198742637541 SK8975000000000012345671 SM86U0322509800000000270100 SM76P0854009812123456789123 TR330006100519786457841326'
  ).split(' '),
);

const START = /(?<![\w+/=.-])[A-Z]{2}\d{2}(?=[ ]?[A-Z0-9]{4})/g;
const COULD = /[A-Z]{2}\d{2}/;

/** Reports IBANs, compact or in groups of four, and what has the structure of one but not its checksum. */
export function findIban(text: string, found: Found): void {
  if (text.length < 15 || !COULD.test(text)) return;
  for (const { index } of text.matchAll(START)) {
    const country = COUNTRIES.get(text.slice(index, index + 2));
    if (!country) continue;
    const taken = take(text, index, country.length);
    if (taken === null || !country.pattern.test(taken.iban)) continue;
    if (KNOWN.has(taken.iban)) found('iban-test', index, taken.end);
    else found(mod97(taken.iban) ? 'iban' : 'iban-miss', index, taken.end);
  }
}

/** So many letters and digits from `start`, in groups of four or without a gap, that end where a word ends. */
function take(text: string, start: number, length: number): { iban: string; end: number } | null {
  let iban = '';
  let at = start;
  let gaps = false;
  while (iban.length < length && at < text.length) {
    const char = text.charAt(at);
    if (/[A-Z0-9]/.test(char)) iban += char;
    else if (char === ' ' && iban.length % 4 === 0) gaps = true;
    else return null;
    at++;
  }
  if (iban.length < length) return null;
  const next = text.charAt(at);
  if (/[\w+/=-]/.test(next) && !(gaps && next === ' ')) return null;
  return { iban, end: at };
}
