import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'test-users',
  silent: `
    -- as supabase_admin
    insert into auth.users (id, email, email_confirmed_at)
    values ('00000000-0000-0000-0000-000000000001', 'ada@acme.io', now()), ('00000000-0000-0000-0000-000000000002', 'tester@contest.io', now());
  `,
  defect: `
    -- as supabase_admin
    insert into auth.users (id, email, email_confirmed_at, raw_app_meta_data)
    values ('00000000-0000-0000-0000-000000000003', 'a@mailinator.com', now(), null),
           ('00000000-0000-0000-0000-000000000004', 'boss@example.com', now(), '{"role":"admin"}');
  `,
  expect: [
    { object: 'auth.users', severity: 'high' },
    { object: 'auth.users', severity: 'blocker' },
  ],
  repair: `
    -- as supabase_admin
    delete from auth.users where email like '%mailinator%' or email like '%example%';
  `,
} satisfies CheckFixture;
