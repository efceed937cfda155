import type { CheckFixture } from '../fixture.ts';

const replay = {
  tool: 'supabase',
  directory: 'supabase/migrations',
  applied: 2,
  failures: [],
  shims: [],
  server: { versionNum: 170010, origin: 'embedded' },
  regime: 'legacy',
};

/** The replay itself is tested on real databases in test/facts; here: what its outcome comes to. */
export default {
  check: 'migration-replay',
  silent: '',
  defect: '',
  expect: [{ object: 'file supabase/migrations/20260102000000_more.sql', severity: 'blocker' }],
  repair: '',
  overlay: {
    silent: { replay },
    defect: {
      replay: {
        ...replay,
        applied: 1,
        failures: [
          {
            path: 'supabase/migrations/20260102000000_more.sql',
            line: 3,
            sqlstate: '42P01',
            message: 'relation "public.notes" does not exist',
            hint: 'create it in an earlier migration',
            consequent: false,
          },
        ],
      },
    },
    fixed: { replay },
  },
} satisfies CheckFixture;
