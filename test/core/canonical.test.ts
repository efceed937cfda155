import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/core/canonical.ts';

const library = canonicalize as unknown as (value: unknown) => string | undefined;

test('the fast way writes what the library writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(canonicalJson(value)).toBe(library(value));
    }),
    { numRuns: 2_000 },
  );
});

test('keys are sorted by code unit at every depth, absent ones left out, twins and numbers as keys kept apart', () => {
  const value = {
    b: [{ z: 1, a: { é: 1, e: 2, '10': 0, '9': 0 } }],
    a: undefined,
    '\ud83d\ude00': 'x',
    '\ufb33': 1e21,
    _: -0,
  };
  expect(canonicalJson(value)).toBe(library(value));
  const rows = Array.from({ length: 300 }, (_, index) => ({ [`key${index}`]: index, same: true }));
  expect(canonicalJson(rows)).toBe(library(rows));
});

test('an object that inherits a key does not have it', () => {
  for (const text of [
    '[{},{"__proto__":false,"":0}]',
    '[{"b":1},{"toString":1,"a":0},{"constructor":2,"valueOf":{}}]',
  ]) {
    const value: unknown = JSON.parse(text);
    expect(canonicalJson(value)).toBe(library(value));
  }
});

test('what JSON cannot carry is refused', () => {
  for (const value of [Number.NaN, { a: [Number.POSITIVE_INFINITY] }, undefined, 1n])
    expect(() => canonicalJson(value)).toThrow();
});
