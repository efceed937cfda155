import type { CheckFixture } from '../fixture.ts';
import { CLEAN, finding, result } from './audit.ts';

const clean = {
  auditResults: {
    results: [
      ...CLEAN,
      result('role-audit', { status: 'fail', findings: [finding('high', null, 'waived'), finding('medium', null)] }),
    ],
    unsatisfied: [],
  },
};

export default {
  check: 'launch-gate',
  silent: '',
  defect: '',
  overlay: {
    silent: clean,
    defect: {
      auditResults: {
        results: [
          ...CLEAN,
          result('role-audit', { status: 'fail', findings: [finding('high', null), finding('blocker', 'a')] }),
          result('default-acl', { status: 'fail', findings: [finding('high', null)] }),
        ],
        unsatisfied: ['4.3'],
      },
    },
    fixed: clean,
  },
  expect: [
    { object: 'check role-audit', severity: 'blocker' },
    { object: 'check default-acl', severity: 'high' },
    { object: 'checkpoint 4.3', severity: 'blocker' },
  ],
  repair: '',
} satisfies CheckFixture;
