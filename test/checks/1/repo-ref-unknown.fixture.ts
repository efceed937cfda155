import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'repo-ref-unknown',
  silent: '',
  defect: '',
  declared: { refs: { production: 'abcdefghijklmnopqrst' } },
  repo: {
    silent: {
      '.env.production':
        'DATABASE_URL=postgres://postgres.abcdefghijklmnopqrst:$PW@aws-0-eu-west-1.pooler.supabase.com:6543/postgres\n',
      '.env.example': 'SUPABASE_URL=https://zzzzzzzzzzzzzzzzzzzz.supabase.co\n',
    },
    defect: { '.env.staging': 'SUPABASE_URL=https://bcdefghijklmnopqrstu.supabase.co\n' },
    fixed: { '.env.staging': 'SUPABASE_URL=https://abcdefghijklmnopqrst.supabase.co\n' },
  },
  expect: [{ object: 'project bcdefghijklmnopqrstu', severity: 'high' }],
  repair: '',
} satisfies CheckFixture;
