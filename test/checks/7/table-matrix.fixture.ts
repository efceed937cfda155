import type { CheckFixture } from '../fixture.ts';
import { CLEAN, finding, result, table } from './audit.ts';

const relations = [table('orders'), table('notes'), table('carts')];
const clean = {
  relations,
  auditResults: {
    results: [
      ...CLEAN,
      result('rls-policy-always-true', {
        matrix: 'RLS',
        status: 'fail',
        findings: [finding('blocker', 'notes', 'waived'), finding('low', 'orders')],
      }),
      result('partition-candidate', { matrix: 'Schema', status: 'not-applicable' }),
      result('of-another-environment', { environment: 'staging', matrix: 'Seed', status: 'skipped' }),
    ],
    unsatisfied: [],
  },
};

export default {
  check: 'table-matrix',
  silent: '',
  defect: '',
  overlay: {
    silent: clean,
    defect: {
      auditResults: {
        results: [
          ...CLEAN.filter((entry) => entry.matrix !== 'Monitoring'),
          result('rls-policy-always-true', {
            matrix: 'RLS',
            status: 'fail',
            findings: [finding('blocker', 'orders'), finding('medium', 'notes')],
          }),
          result('lookup-empty', { matrix: 'Seed', status: 'skipped' }),
          result('slow-query', { matrix: 'Indexes', status: 'skipped', attested: true }),
        ],
        unsatisfied: [],
      },
    },
    fixed: clean,
  },
  expect: [
    { object: 'public.orders', severity: 'blocker' },
    { object: 'public.notes', severity: 'medium' },
    { object: 'matrix column Indexes', severity: 'info' },
    { object: 'matrix column Seed', severity: 'medium' },
    { object: 'matrix column Monitoring', severity: 'medium' },
  ],
  repair: '',
} satisfies CheckFixture;
