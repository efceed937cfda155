import * as original from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rememberingCells } from '../../src/ui/styled-cells.ts';

const colours = fc.constantFrom(...[0, 1, 2, 7, 22, 27, 31, 32, 33, 36, 39].map((code) => `\u001B[${code}m`));
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '✔ ',
    '表格',
    '👍🏽',
    'e\u0301',
    'مرحبا',
    '…',
    ' public.orders ',
    '\u001B[1;31mboth',
    '\u001B[38;5;9mnine',
  ),
);
const lines = fc.array(fc.oneof(colours, texts), { maxLength: 12 }).map((parts) => parts.join(''));

test('cells taken apart and put together quickly are the cells Ink makes itself', () => {
  const quick = rememberingCells(original);
  fc.assert(
    fc.property(lines, (line) => {
      const cells = original.styledCharsFromTokens(original.tokenize(line));
      for (let again = 0; again < 2; again++) {
        const ours = quick.styledCharsFromTokens(quick.tokenize(line));
        expect(ours).toEqual(cells);
        expect(quick.styledCharsToString(ours)).toBe(original.styledCharsToString(cells));
      }
    }),
    { numRuns: 500 },
  );
});
