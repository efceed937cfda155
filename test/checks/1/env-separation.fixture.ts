import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'env-separation',
  silent: '',
  defect: '',
  declared: { refs: { production: 'abcdefghijklmnopqrst', development: 'bcdefghijklmnopqrstu' } },
  repo: {
    silent: {
      '.gitignore': '.env*\n!.env.example\n',
      '.env.production': 'SUPABASE_URL=https://abcdefghijklmnopqrst.supabase.co\n',
      '.env.local': 'SUPABASE_URL=https://bcdefghijklmnopqrstu.supabase.co\n',
      // An example names whatever it likes.
      '.env.local.example': 'SUPABASE_URL=https://abcdefghijklmnopqrst.supabase.co\n',
    },
    defect: { 'apps/web/.env.local': 'NEXT_PUBLIC_SUPABASE_URL="https://abcdefghijklmnopqrst.supabase.co"\n' },
    fixed: { 'apps/web/.env.local': 'NEXT_PUBLIC_SUPABASE_URL="http://127.0.0.1:54321"\n' },
  },
  expect: [{ object: 'file apps/web/.env.local', severity: 'high' }],
  repair: '',
} satisfies CheckFixture;
