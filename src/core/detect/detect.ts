import { findCards } from './card.ts';
import { findCredentials } from './credentials.ts';
import type { Found } from './detection.ts';
import { findEmail } from './email.ts';
import type { ColumnHint } from './hints.ts';
import { findIban } from './iban.ts';
import { findPhone } from './phone.ts';
import { findPlaceholders } from './placeholder.ts';
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
  const { digits, at, iban, letters } = glance(value);
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
  findCredentials(value, found);
  findPlaceholders(value, found);
}

/**
 * What one pass over the characters tells, so that most values need no pattern: the most digits in a row (what may separate them
 * apart), whether there is an `@`, two capitals before two digits, a letter at all.
 */
function glance(text: string): { digits: number; at: boolean; iban: boolean; letters: boolean } {
  let digits = 0;
  let run = 0;
  let gap = 0;
  let capitals = 0;
  let at = false;
  let iban = false;
  let letters = false;
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
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
  return { digits, at, iban, letters };
}
