import type { Found } from './detection.ts';

/* What developers write where a person's words will stand. */

const LOREM = /lorem ipsum|dolor sit amet|consectetur adipis|quis nostrud exercitation/i;

/** Three characters of each text of LOREM. */
export const FILLER_MARKS: readonly string[] = ['psu', 'dol', 'dip', 'rud'];

/** Names that stand for “somebody” in several languages; real people are seldom called so. */
const NAMES = new Set([
  'john doe',
  'jane doe',
  'john q public',
  'john q. public',
  'joe bloggs',
  'jane roe',
  'richard roe',
  'jonny doe',
  'johnny doe',
  'doe john',
  'doe, john',
  'doe, jane',
  'max mustermann',
  'erika mustermann',
  'erika musterfrau',
  'foo bar',
  'foobar',
  'test user',
  'test test',
  'test customer',
  'test account',
  'testuser',
  'test name',
  'testy mctestface',
  'test mctest',
  'tester mctesterson',
  'firstname lastname',
  'first last',
  'fulano de tal',
  'ivan horvat novak',
  'jan modaal',
  'jan jansen test',
  'fname lname',
  'asdf asdf',
  'lorem ipsum',
]);

const IN_JSON = /"[^"\\]{0,60}name"\s*:\s*"([^"\\]{3,40})"/gi;

/**
 * Reports filler text, and names of nobody that are the whole value (or a name in a JSON text). `filler`, `name`: false where the
 * value is known to have no mark of filler, or what no name has (a digit, an `@`).
 */
export function findPlaceholders(text: string, found: Found, filler: boolean, name: boolean): void {
  if (filler) {
    const match = LOREM.exec(text);
    if (match) found('lorem-ipsum', match.index, match.index + match[0].length);
  }
  if (name && text.length <= 40 && NAMES.has(text.trim().toLowerCase())) found('placeholder-name', 0, text.length);
  if (!text.includes('name"')) return;
  for (const match of text.matchAll(IN_JSON)) {
    if (NAMES.has((match[1] ?? '').trim().toLowerCase()))
      found('placeholder-name', match.index, match.index + match[0].length);
  }
}
