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
/** Three digits close together: what every number below has. */
const DIGITS = /\d{3}|\d\)|\+\d/;
/** An escape of a JSON text that would stand for a letter before a number (`\n4111…`). */
const ESCAPE = /\\[nrtbf"/]/g;

/**
 * Reports everything the detectors know in one value. `json`: escapes of a JSON text are taken for the gaps they are; places
 * stay right. Linear in the length of the text; keeps nothing of it.
 */
export function detect(value: string, hint: ColumnHint, found: Found, json = false): void {
  if (value.length < 5) return;
  if (value.length <= 128 && (UUID.test(value) || TIME.test(value) || (value.length >= 32 && HEX.test(value)))) return;
  const text = json && value.includes('\\') ? value.replace(ESCAPE, '  ') : value;
  if (DIGITS.test(text)) {
    findCards(text, hint, found);
    findSsn(text, hint, found);
    findPhone(text, hint, found);
    findIban(text, found);
  }
  findEmail(text, found);
  findCredentials(text, found);
  findPlaceholders(text, found);
}
