import type { CheckFixture } from '../fixture.ts';

const column = {
  schema: 'auth',
  table: 'users',
  column: 'email',
  addresses: 100,
  shared: 4,
  ofOneDomain: 0,
  error: null,
};
const overlap = { production: 'production', addresses: 5000, share: 1, columns: [column], error: null };
// Twelve colleagues with accounts in both are no customers.
const team = { ...column, table: 'staff', schema: 'public', addresses: 20, shared: 12, ofOneDomain: 12 };

export default {
  check: 'prod-pii-in-stage',
  kind: 'staging',
  silent: '',
  defect: '',
  expect: [{ object: 'auth.users.email', severity: 'high' }],
  repair: '',
  // A fixture has one database; both are compared in test/facts/production-overlap.test.ts.
  overlay: {
    silent: { productionOverlap: { ...overlap, columns: [column, team] } },
    defect: { productionOverlap: { ...overlap, columns: [{ ...column, shared: 60 }, team] } },
    fixed: { productionOverlap: { ...overlap, columns: [column, team] } },
  },
} satisfies CheckFixture;
