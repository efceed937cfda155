import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'role-timeouts',
  // Set in this database only: role settings are shared by every database of the server.
  silent: `
    -- as supabase_admin
    do $$ begin execute format('alter database %I set idle_in_transaction_session_timeout = %L', current_database(), '60s'); end $$;
  `,
  defect: `
    -- as supabase_admin
    do $$ begin
      execute format('alter role anon in database %I set statement_timeout = 0', current_database());
      execute format('alter database %I reset idle_in_transaction_session_timeout', current_database());
    end $$;
  `,
  expect: [
    { object: 'role anon', severity: 'high' },
    { object: 'setting idle_in_transaction_session_timeout', severity: 'low' },
  ],
} satisfies CheckFixture;
