import type { CheckFixture } from '../fixture.ts';
import { CLEAN, result } from './audit.ts';

const clean = {
  auditResults: { results: [...CLEAN, result('auth-urls', { status: 'skipped', evidence: false })], unsatisfied: [] },
};

export default {
  check: 'evidence-complete',
  silent: '',
  defect: '',
  overlay: {
    silent: clean,
    defect: {
      auditResults: {
        results: [...CLEAN, result('rls-enabled-no-policy', { status: 'fail', evidence: false })],
        unsatisfied: [],
      },
    },
    fixed: clean,
  },
  expect: [{ object: 'check rls-enabled-no-policy', severity: 'blocker' }],
  repair: '',
} satisfies CheckFixture;
