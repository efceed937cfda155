/*
 * Detectors of personal data, secrets and fixtures in values of rows. They tell what a value holds, and where; the value
 * itself stays with the caller, who counts and forgets it.
 *
 * Some names say what merely looks alike (`card-miss`, `long-number` …): they are counted so that a column of order numbers,
 * of which one in ten passes the checksum of a card, can be told from a column of cards (believable.ts).
 */

/** What a detector may report; `secret:<rule>` carries a rule of core/redact.ts. */
export type Detector =
  | 'card'
  | 'card-bare'
  | 'card-in-id'
  | 'card-test'
  | 'card-miss'
  | 'card-bare-miss'
  | 'long-number'
  | 'ssn'
  | 'ssn-in-id'
  | 'ssn-test'
  | 'ssn-miss'
  | 'iban'
  | 'iban-test'
  | 'iban-miss'
  | 'email'
  | 'email-test'
  | 'phone'
  | 'phone-fictional'
  | 'phone-miss'
  | 'password-hash'
  | 'digest'
  | 'lorem-ipsum'
  | 'placeholder-name'
  | `secret:${string}`;

/** Called for each thing found, with its place in the text (UTF-16 units). */
export type Found = (detector: Detector, start: number, end: number) => void;
