import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'exposed-schemas',
  silent: `create schema api;`,
  // Set in this database only: role settings are shared by every database of the server.
  defect: `
    -- as supabase_admin
    do $$ begin execute format('alter role authenticator in database %I set pgrst.db_schemas = %L', current_database(), 'public, auth, shop'); end $$;
  `,
  expect: [
    { object: 'auth.auth', severity: 'blocker' },
    { object: 'shop.shop', severity: 'high' },
  ],
  repair: `
    -- as supabase_admin
    do $$ begin execute format('alter role authenticator in database %I set pgrst.db_schemas = %L', current_database(), 'public, api'); end $$;
  `,
} satisfies CheckFixture;
