import type { CheckFixture } from '../fixture.ts';

// A server that ignores read-only mode does not exist among those of the tests.
const access = {
  currentUser: 'postgres',
  superuser: false,
  bypassRls: true,
  createRole: true,
  createDb: true,
  writableTables: 3,
  tls: null,
  local: true,
  path: 'direct',
};

export default {
  check: 'readonly-guard',
  silent: '',
  defect: '',
  overlay: {
    defect: { access: { ...access, readOnlyGuard: 'not-refused' } },
    fixed: { access: { ...access, readOnlyGuard: 'refused' } },
  },
  expect: [{ object: 'role postgres', severity: 'blocker' }],
  repair: '',
} satisfies CheckFixture;
