import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'statements-extension',
  silent: '',
  defect: `
    -- as supabase_admin
    drop extension pg_stat_statements;
  `,
  expect: [{ object: 'extension pg_stat_statements', severity: 'high' }],
  // The check's own fix; on Supabase the platform lets postgres run it.
  repair: `
    -- as supabase_admin
    create extension if not exists pg_stat_statements with schema extensions;
  `,
} satisfies CheckFixture;
