import { sha256 } from '../../../src/core/canonical.ts';
import type { CheckFixture } from '../fixture.ts';

const statement = (query: string, role: string, calls: number, meanMs: number) => ({
  queryId: '1',
  role,
  query,
  calls,
  meanMs,
  totalMs: calls * meanMs,
  rows: calls,
});

export default {
  check: 'slow-query',
  silent: '',
  defect: '',
  expect: [
    { object: `query ${sha256('select slow').slice(0, 12)}`, severity: 'medium' },
    { object: `query ${sha256('select slower').slice(0, 12)}`, severity: 'high' },
    { object: `query ${sha256('select busy').slice(0, 12)}`, severity: 'medium' },
  ],
  repair: '',
  // The statements of a test server are those of other tests.
  overlay: {
    silent: {
      statements: {
        totalMs: 1_000_000,
        top: [
          statement('select fast', 'authenticator', 5000, 3),
          statement('create index', 'postgres', 2, 40_000),
          statement('select auth', 'supabase_auth_admin', 500, 300),
        ],
      },
    },
    defect: {
      statements: {
        totalMs: 1_000_000,
        top: [
          statement('select slow', 'authenticator', 200, 150),
          statement('select slower', 'authenticator', 150, 1200),
          statement('select busy', 'authenticator', 100_000, 3),
        ],
      },
    },
    fixed: { statements: { totalMs: 1_000_000, top: [statement('select slow', 'authenticator', 200, 20)] } },
  },
} satisfies CheckFixture;
