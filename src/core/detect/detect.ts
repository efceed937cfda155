import { SECRET_MARKS } from '../redact.ts';
import { findCards } from './card.ts';
import { findCredentials } from './credentials.ts';
import type { Found } from './detection.ts';
import { findEmail } from './email.ts';
import type { ColumnHint } from './hints.ts';
import { findIban } from './iban.ts';
import { findPhone } from './phone.ts';
import { FILLER_MARKS, findPlaceholders } from './placeholder.ts';
import { findSsn } from './ssn.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TIME = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]{5,15}(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const HEX = /^[0-9a-f]{32,128}$/;
/** Hex digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512. */
const DIGESTS = new Set([32, 40, 56, 64, 96, 128]);
/** An escape of a JSON text that would stand for a letter before a number (`\n4111…`). */
const ESCAPE = /\\[nrtbf"/]/g;
/** The shortest thing any detector finds: `foobar`. */
const SHORTEST = 6;
/** Digits, with what may stand between them, that the shortest number found has (Social Security). */
const FEWEST_DIGITS = 9;

/**
 * Reports everything the detectors know in one value. `json`: escapes of a JSON text are taken for the gaps they are; places
 * stay right. Linear in the length of the text; keeps nothing of it.
 */
export function detect(value: string, hint: ColumnHint, found: Found, json = false): void {
  if (value.length < SHORTEST) return;
  const { digits, at, iban, letters, marks } = glance(value);
  if (digits >= FEWEST_DIGITS || iban) {
    if (value.length <= 128 && (UUID.test(value) || TIME.test(value))) return;
    const text = json && value.includes('\\') ? value.replace(ESCAPE, '  ') : value;
    if (digits >= FEWEST_DIGITS) {
      findCards(text, hint, found);
      findSsn(text, hint, found);
      findPhone(text, hint, found);
    }
    if (iban) findIban(text, found);
  }
  if (at) findEmail(value, found);
  if (!letters) return;
  if (value.length >= 32 && HEX.test(value)) {
    if (DIGESTS.has(value.length)) found('digest', 0, value.length);
    return;
  }
  if ((marks & SECRET) !== 0) findCredentials(value, found);
  findPlaceholders(value, found, (marks & FILLER) !== 0, digits === 0 && !at);
}

const SECRET = 1;
const FILLER = 2;
/**
 * For three characters in a row, five bits of each (as many as tell letters apart, small and capital alike): what a text with them
 * may hold. Others have the same bits, so that it is no more than a reason to look.
 */
const MARKS = new Uint8Array(1 << 15);
for (const [bit, texts] of [
  [SECRET, SECRET_MARKS],
  [FILLER, FILLER_MARKS],
] as const) {
  for (const text of texts) {
    const [first = 0, second = 0, third] = [...text].map((char) => char.charCodeAt(0) & 31);
    const start = (first << 10) | (second << 5);
    for (let end = third ?? 0; end <= (third ?? 31); end++) MARKS[start | end] = (MARKS[start | end] ?? 0) | bit;
  }
}
const DOLLAR = 36;

/**
 * What one pass over the characters tells, so that most values need no pattern: the most digits in a row (what may separate them
 * apart), whether there is an `@`, two capitals before two digits, a letter at all, and the marks of secrets and filler.
 */
function glance(text: string): { digits: number; at: boolean; iban: boolean; letters: boolean; marks: number } {
  let digits = 0;
  let run = 0;
  let gap = 0;
  let capitals = 0;
  let at = false;
  let iban = false;
  let letters = false;
  let marks = 0;
  let last = 0;
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    last = ((last << 5) | (code & 31)) & 0x7fff;
    marks |= MARKS[last] as number;
    // A password's hash has no other mark.
    if (code === DOLLAR) marks |= SECRET;
    if (code >= 48 && code <= 57) {
      run++;
      gap = 0;
      if (run > digits) digits = run;
      if (capitals >= 2) iban = true;
      capitals = 0;
      continue;
    }
    // Space ( ) + - . between digits, two in a row at most: `+1 (212) 736-5000`.
    if ((code === 32 || code === 45 || code === 46 || code === 40 || code === 41 || code === 43) && ++gap <= 2) {
      capitals = 0;
      continue;
    }
    run = 0;
    gap = 0;
    if (code >= 65 && code <= 90) {
      capitals++;
      letters = true;
      continue;
    }
    capitals = 0;
    if (code === 64) at = true;
    else if (code >= 97) letters = true;
  }
  return { digits, at, iban, letters, marks };
}
