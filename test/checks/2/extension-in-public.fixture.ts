import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'extension-in-public',
  silent: `create extension hstore with schema extensions;`,
  defect: `create extension pg_trgm with schema public;`,
  expect: [{ object: 'extension pg_trgm', severity: 'low' }],
  // The check's own fix; on Supabase the platform lets postgres run it, on a plain server only the functions' owner may.
  repair: `
    -- as supabase_admin
    alter extension pg_trgm set schema extensions;
  `,
} satisfies CheckFixture;
