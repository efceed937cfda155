import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'foreign-table-in-api',
  silent: `
    create schema internal;
    -- as supabase_admin
    create extension postgres_fdw with schema extensions;
    create server warehouse foreign data wrapper postgres_fdw options (host 'db.example.org');
    grant usage on foreign server warehouse to postgres;
    -- as postgres
    create foreign table internal.sales (id int) server warehouse;
    create foreign table public.kept (id int) server warehouse;
    revoke all on public.kept from anon, authenticated;
  `,
  defect: `create foreign table public.customers (id int) server warehouse;`,
  expect: [{ object: 'public.customers', severity: 'high' }],
} satisfies CheckFixture;
