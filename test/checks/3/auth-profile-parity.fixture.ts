import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'auth-profile-parity',
  silent: `
    create table public.profiles (id uuid primary key references auth.users (id) on delete cascade, name text);
    -- as supabase_admin
    insert into auth.users (id, email, created_at, is_anonymous) values
      ('00000000-0000-0000-0000-000000000001', 'ada@acme.io', now() - interval '1 day', false),
      ('00000000-0000-0000-0000-000000000002', null, now() - interval '1 day', true),
      ('00000000-0000-0000-0000-000000000003', 'new@acme.io', now(), false);
    insert into public.profiles (id) values ('00000000-0000-0000-0000-000000000001');
  `,
  defect: `
    -- as supabase_admin
    insert into auth.users (id, email, created_at) values ('00000000-0000-0000-0000-000000000004', 'bob@acme.io', now() - interval '1 day');
  `,
  expect: [{ object: 'public.profiles', severity: 'high' }],
} satisfies CheckFixture;
