import type { Found } from './detection.ts';
import { before, type ColumnHint, saysIdentifier, saysSsn } from './hints.ts';

/* US Social Security numbers: areas, groups and serials that the Social Security Administration never assigns are none. */

/** Numbers printed on cards in shop wallets, in advertisements and in everybody's examples. */
const KNOWN = new Set([
  '078051120',
  '219099999',
  '457555462',
  '123456789',
  '987654321',
  '012345678',
  '111223333',
  '123121234',
]);

function isAssigned(area: number, group: number, serial: number): boolean {
  return area !== 0 && area !== 666 && area < 900 && group !== 0 && serial !== 0;
}

const SHAPED = /(?<![\w.+\-/#])(\d{3})([- ])(\d{2})\2(\d{4})(?![\w%]|-\d|[.,]\d)/g;
const BARE = /(?<![\w.+\-/])\d{9}(?![\w%-]|[.,]\d)/g;

/** Reports numbers with dashes (`ssn-in-id` in a column of identifiers); with spaces or bare only where column or words before say what they are. */
export function findSsn(text: string, hint: ColumnHint, found: Found): void {
  for (const match of text.matchAll(SHAPED)) {
    const [whole, area = '', separator, group = '', serial = ''] = match;
    const lead = before(text, match.index);
    const spoken = hint.ssn || saysSsn(lead);
    if (separator === ' ' && !spoken) continue;
    if (!spoken && saysIdentifier(lead)) continue;
    const as = spoken || !hint.identifier ? 'ssn' : 'ssn-in-id';
    report(as, area, group, serial, match.index, match.index + whole.length, found);
  }
  if (!hint.ssn && !/ssn|social\s+sec/i.test(text)) return;
  for (const match of text.matchAll(BARE)) {
    if (!hint.ssn && !saysSsn(before(text, match.index))) continue;
    const [digits] = match;
    report('ssn', digits.slice(0, 3), digits.slice(3, 5), digits.slice(5), match.index, match.index + 9, found);
  }
}

function report(
  as: 'ssn' | 'ssn-in-id',
  area: string,
  group: string,
  serial: string,
  start: number,
  end: number,
  found: Found,
): void {
  const digits = area + group + serial;
  if (KNOWN.has(digits) || new Set(digits).size === 1) found('ssn-test', start, end);
  else found(isAssigned(Number(area), Number(group), Number(serial)) ? as : 'ssn-miss', start, end);
}
