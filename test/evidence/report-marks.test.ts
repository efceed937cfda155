import { expect, test } from 'vitest';
import type { Gate, GateCheck } from '../../src/core/gate.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import type { AuditView } from '../../src/engine/controller.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';

const check = (id: string, parts: Partial<GateCheck>): GateCheck => ({
  id,
  environment: 'production',
  status: 'pass',
  reason: null,
  lookedAt: '17 tables',
  findings: [],
  stale: null,
  attestedBy: null,
  satisfied: true,
  ms: 0,
  evaluatedAt: null,
  ...parts,
});
const BY = { name: 'Ada', email: null, role: null };
const attestation = (id: string, name: string) => ({
  id,
  checkpoint: '1.1',
  attestation: null,
  covers: { check: name, environment: 'production' },
  status: 'passed' as const,
  statement: 's',
  answer: 'a',
  by: BY,
  expiresAt: '2026-06-01T00:00:00.000Z',
  binds: {},
  evidence: [],
  at: '2026-03-01T00:00:00.000Z',
  seq: 3,
});
const gate: Gate = {
  sections: [
    {
      id: 1,
      name: 'One',
      title: 'One',
      state: 'open',
      opensAfter: [],
      checkpoints: [
        {
          id: '1.1',
          section: 1,
          title: 'T',
          ownState: 'stale',
          state: 'stale',
          checks: [
            check('fresh', {}),
            check('old', { stale: 'its result is older than 14d', satisfied: false }),
            check('by-hand', { status: 'skipped', reason: 'no token', lookedAt: null, attestedBy: 'att-1' }),
            check('both', {
              status: 'error',
              reason: 'cut off',
              lookedAt: null,
              attestedBy: 'att-2',
              stale: 'the rule has been revised since',
              satisfied: false,
            }),
          ],
          attestations: [],
          blockers: [],
        },
      ],
    },
  ],
  decision: 'blocked',
  blocking: ['1.1'],
  next: null,
  signed: null,
};
const waiver = { ...attestation('wv-1', 'x'), fingerprint: 'f'.repeat(64), environment: 'production', check: 'gone' };
const view = {
  gate,
  matrix: [],
  policy: DEFAULT_POLICY,
  tables: {},
  state: {
    auditId: 'a',
    project: 'Harbor',
    environments: [{ name: 'production', kind: 'production', source: 'live', target: null }],
    lastEventAt: '2026-03-02T00:00:00.000Z',
    attestations: [attestation('att-1', 'by-hand'), attestation('att-9', 'replaced')],
    waivers: [{ ...waiver, reason: 'r', risk: 'k', compensating: 'c', owner: 'o', severity: 'high' }],
    acknowledgements: [],
    signOffs: [],
  },
} as unknown as AuditView;

test('the report never shows a pass where a result is stale or a person stood in, and says which acts still count', () => {
  const report = renderMarkdown(view, '1');
  const line = (start: string) => report.split('\n').find((one) => one.startsWith(`| \`${start}\``));
  expect(line('fresh')).toBe('| `fresh` | production | ✔ pass | 17 tables |');
  expect(line('old')).toBe('| `old` | production | ↻ stale (pass before) | its result is older than 14d |');
  expect(line('by-hand')).toBe('| `by-hand` | production | ✎ attested by hand (skipped) | att-1 stands in: no token |');
  expect(line('both')).toBe('| `both` | production | ↻ stale (error before) | the rule has been revised since |');
  expect(report).toContain('↻ 2 results stale');
  expect(report).toContain('✎ 1 check could not run: a person looked instead');
  const rows = report.split('\n').filter((one) => one.includes('2026-06-01'));
  expect(rows.map((one) => one.split(' | ').at(-1))).toEqual(['yes |', '**no** |', '**no** |']);
});
