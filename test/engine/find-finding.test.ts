import { expect, test } from 'vitest';
import type { Gate, GateFinding } from '../../src/core/gate.ts';
import { objectRef } from '../../src/core/object.ts';
import { findFinding } from '../../src/engine/find-finding.ts';

const finding = (fingerprint: string, environment: string, table: string): GateFinding => ({
  fingerprint,
  environment,
  check: 'keyed',
  severity: 'high',
  object: objectRef('table', 'public', table),
  message: 'm',
  detail: null,
  fix: { sql: null, command: null, url: null },
  location: null,
  state: 'open',
  coveredBy: null,
});
const [ONE, TWO] = [`abcdef1${'0'.repeat(57)}`, `abcdef2${'0'.repeat(57)}`];
const findings = [
  finding(ONE, 'staging', 'notes'),
  finding(ONE, 'production', 'notes'),
  finding(TWO, 'production', 'tags'),
];
const gate = {
  sections: [{ checkpoints: [{ checks: [{ findings }] }] }],
} as unknown as Gate;

test('a finding is found by the beginning of its fingerprint, and a beginning that fits more than one is refused with what it fits', () => {
  expect(findFinding(gate, 'abcdef1', 'staging').environment).toBe('staging');
  expect(findFinding(gate, 'abcdef2').object.name).toBe('tags');
  const refusal = (fingerprint: string, environment?: string) => () => findFinding(gate, fingerprint, environment);
  expect(refusal('abcdef1')).toThrow('stands in staging and in production');
  expect(refusal('abcdef', 'production')).toThrow(/fits .*notes.* and .*tags/);
  expect(refusal('abcde', 'staging')).toThrow('no finding in staging');
  expect(refusal('ffffff')).toThrow('no finding has');
  expect(refusal('')).toThrow('no finding has');
});
