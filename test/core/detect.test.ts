import { describe, expect, test } from 'vitest';
import { cards, socialSecurity, tail } from '../../src/core/detect/believable.ts';
import { luhn, network } from '../../src/core/detect/card.ts';
import { detect } from '../../src/core/detect/detect.ts';
import { hintOf } from '../../src/core/detect/hints.ts';
import { mod97 } from '../../src/core/detect/iban.ts';
import { shapeOf } from '../../src/core/detect/shape.ts';
import { SECRET_MARKS, WORTH_LOOKING } from '../../src/core/redact.ts';
import { corpus } from '../helpers/pii-corpus.ts';
import { measure } from '../helpers/pii-measure.ts';

function found(text: string, column = 'notes', json = false): string[] {
  const all = new Set<string>();
  detect(text, hintOf(column), (detector) => all.add(detector), json);
  return [...all].sort();
}

// Well-known numbers of providers' documentation, with one digit pair changed so that the checksum holds and they are in no list.
const CARD = '4539148803436467';

describe('what a value holds', () => {
  test.each([
    [CARD, 'notes', ['card-bare']],
    [CARD, 'order_no', ['card-in-id']],
    [CARD, 'card_number', ['card']],
    [`order ${CARD}`, 'notes', ['long-number']],
    [`paid with card ${CARD}, thanks`, 'notes', ['card']],
    ['4539 1488 0343 6467', 'notes', ['card']],
    ['4539-1488-0343-6467-0001', 'notes', []],
    ['4539 1488 0343 6467 12/27', 'notes', ['card']],
    ['4539148803436468', 'notes', ['card-bare-miss']],
    ['4242 4242 4242 4242', 'notes', ['card-test']],
    ['0.4539148803436467', 'notes', []],
    [`{"a":"x\\n${CARD}"}`, 'payload', ['card-bare']],
    ['536-22-8726', 'notes', ['ssn']],
    ['536228726', 'ssn', ['ssn']],
    ['536228726', 'notes', []],
    ['666-22-8726', 'notes', ['ssn-miss']],
    ['078-05-1120', 'notes', ['ssn-test']],
    ['1-536-22-8726', 'notes', []],
    ['DE89 3704 0044 0532 0130 00', 'notes', ['iban-test']],
    ['DE12500105170648489890', 'notes', ['iban']],
    ['DE13500105170648489890', 'notes', ['iban-miss']],
    ['ada@kade.nl', 'notes', ['email']],
    ['Ada <ada@example.com>', 'notes', ['email-test']],
    ['git@github.com:acme/shop.git', 'notes', []],
    ['https://abc@o1.ingest.acme.io/2', 'notes', []],
    ['logo@2x.png', 'notes', []],
    ['+31 6 12345678', 'notes', ['phone']],
    ['+999 12345678', 'notes', ['phone-miss']],
    ['(212) 555-0123', 'notes', ['phone-fictional']],
    ['212-736-5000', 'notes', ['phone']],
    ['0612345678', 'phone', ['phone']],
    ['0612345678', 'notes', []],
    ['2026-11-24T12:00:00.000Z', 'notes', []],
    ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'notes', []],
    [`$2b$12$${'a'.repeat(53)}`, 'password', ['password-hash']],
    ['Lorem ipsum dolor', 'bio', ['lorem-ipsum']],
    ['John Doe', 'name', ['placeholder-name']],
    ['{"full_name":"Jane Doe"}', 'meta', ['placeholder-name']],
    ['John Doerr', 'name', []],
    ['AKIAIOSFODNN7EXAMPLE', 'notes', []],
    ['sk-bratislava-old-town-walking-tour', 'slug', []],
    [`sk_${'live'}_51Habcdefghijk1234567890`, 'notes', ['secret:stripe-secret-key']],
    ['eyJub3QiOiJhIHRva2VuIn0.abcdefgh.ijkl', 'notes', []],
  ] as const)('%s in %s', (text, column, expected) => {
    expect(found(text, column, text.startsWith('{'))).toEqual(expected);
  });

  test('endless input stays cheap', () => {
    // Processor time, not the clock: other work on the machine is no matter of ours.
    const before = process.cpuUsage();
    for (const part of ['1 ', '4111-', 'a@', 'DE89 ', '+1', 'eyJ', 'name": "', '$2b$', '(212) '])
      detect(part.repeat(4096 / part.length), hintOf('x'), () => undefined);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});

test('checksums', () => {
  expect(['79927398713', CARD].map(luhn)).toEqual([true, true]);
  expect(luhn('79927398710')).toBe(false);
  expect(mod97('GB82WEST12345698765432')).toBe(true);
  expect(mod97('GB83WEST12345698765432')).toBe(false);
  expect(network('3530111333300000')).toBe('jcb');
  expect(network('35301113333000')).toBeNull();
});

test('a column of order numbers is no column of cards, however many pass the checksum', () => {
  expect(cards({ 'card-in-id': 100, 'card-bare-miss': 900 })).toBe(0);
  expect(cards({ 'card-in-id': 95, 'card-bare-miss': 3 })).toBe(95);
  expect(cards({ 'card-bare': 1 })).toBe(1);
  expect(cards({ 'card-bare': 1, 'long-number': 40 })).toBe(0);
  expect(cards({ card: 3, 'card-bare-miss': 40, 'long-number': 400 })).toBe(3);
  expect(cards({ card: 10, 'card-miss': 90 })).toBe(0);
  expect(socialSecurity({ ssn: 89, 'ssn-miss': 11 })).toBe(0);
  expect(socialSecurity({ ssn: 99, 'ssn-miss': 1 })).toBe(99);
  expect(tail(2, 2, 0.1)).toBeCloseTo(0.01);
});

test('a shape holds nothing of the value', () => {
  expect(shapeOf('4539 1488-0343')).toBe('9{4} 9{4}-9{4}');
  expect(shapeOf('Ada.Lövelace@acme.io')).toBe('a.a@a.a');
  expect(shapeOf('a\u001b[31m£')).toBe('a?9{2}a?');
});

test('at least 0.99 precision at 0.95 recall over a generated corpus of 100,000 values', () => {
  const columns = corpus(102_000, 7);
  expect(columns.reduce((sum, { values }) => sum + values.length, 0)).toBeGreaterThanOrEqual(100_000);
  for (const { kind, precision, recall } of measure(columns)) {
    expect({ kind, precise: precision >= 0.99, complete: recall >= 0.95 }).toEqual({
      kind,
      precise: true,
      complete: true,
    });
  }
});

test('every way in which a text can be worth a look for secrets has its mark', () => {
  /** All texts that a plain expression without repeats stands for. */
  const expand = (pattern: string): string[] => {
    const group = /\(\?:([^()]*)\)|\[([^\]]*)\]/.exec(pattern);
    if (!group) return [pattern.replaceAll('\\', '')];
    const choices = group[1]?.split('|') ?? [...(group[2] ?? '').replace('0-9a-f', '0123456789abcdef')];
    return choices.flatMap((choice) =>
      expand(pattern.slice(0, group.index) + choice + pattern.slice(group.index + group[0].length)),
    );
  };
  const ways = WORTH_LOOKING.source
    .replaceAll(/\{\d+\}/g, '')
    .split(/\|(?![^(]*\))/)
    .flatMap(expand);
  expect(ways.length).toBeGreaterThan(60);
  for (const way of ways) {
    const text = way.toLowerCase();
    // A JSON text has a slash escaped.
    expect(SECRET_MARKS.some((mark) => text.includes(mark) || (text === ':/' && mark === ':/'))).toBe(true);
  }
});
