import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fixtures-in-migrations',
  silent: '',
  defect: '',
  expect: [
    { object: 'file supabase/migrations/20260102000000_demo.sql', severity: 'high' },
    { object: 'file supabase/seed.sql', severity: 'low' },
  ],
  repair: '',
  repo: {
    silent: {
      'supabase/migrations/20260101000000_init.sql': 'create table notes (id int primary key, email text);',
      'supabase/seed.sql': "insert into notes values (1, 'test@example.com');",
    },
    defect: {
      'supabase/migrations/20260102000000_demo.sql':
        "insert into auth.users (id, email, encrypted_password) values (gen_random_uuid(), 'ada@acme.io', 'x');",
      'supabase/seed.sql': "insert into auth.users (id, email) values (gen_random_uuid(), 'ada@acme.io');",
    },
    fixed: {
      'supabase/migrations/20260102000000_demo.sql': 'create table posts (id int primary key);',
      'supabase/seed.sql': "insert into notes values (1, 'test@example.com');",
    },
  },
} satisfies CheckFixture;
