import type { CheckFixture } from '../fixture.ts';

// Roles are the whole server's, shared by all tests: their last day is laid over instead of set.
const role = {
  name: 'postgres',
  superuser: false,
  inherit: true,
  createRole: true,
  createDb: true,
  login: true,
  replication: true,
  bypassRls: true,
  connectionLimit: -1,
  validUntil: null as string | null,
  memberOf: [],
};

export default {
  check: 'credential-live',
  silent: '',
  defect: '',
  overlay: {
    silent: { roles: [{ ...role, validUntil: 'infinity' }] },
    defect: { roles: [{ ...role, validUntil: '2026-11-30T00:00:00Z' }] },
    fixed: { roles: [role] },
  },
  expect: [{ object: 'role postgres', severity: 'blocker' }],
  repair: '',
} satisfies CheckFixture;
