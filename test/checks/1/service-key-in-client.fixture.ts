import type { CheckFixture } from '../fixture.ts';

/** Assembled here, so that no scanner takes the fixture for a leak. */
function jwt(claims: Record<string, string>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${'c2lnbmF0dXJlLW9mLWEtZml4dHVyZQ'}`;
}

const service = jwt({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'service_role' });
const demo = jwt({ iss: 'supabase-demo', role: 'service_role' });

export default {
  check: 'service-key-in-client',
  silent: '',
  defect: '',
  repo: {
    silent: {
      '.gitignore': '.env*\n',
      '.env': `SUPABASE_SERVICE_ROLE_KEY=${service}\nVITE_SUPABASE_ANON_KEY=placeholder\n`,
      '.env.test': `NEXT_PUBLIC_LOCAL=${demo}\n`,
      'src/server/admin.ts':
        "import { createClient } from '@supabase/supabase-js';\nexport const admin = createClient(process.env.URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);\n",
    },
    defect: {
      '.env': `VITE_SUPABASE_SERVICE_ROLE_KEY=${service}\n`,
      '.env.example': 'NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY=\n',
      'src/admin-panel.tsx': `'use client';\nimport { createClient } from '@supabase/supabase-js';\nconst key = '${service}';\nexport const panel = createClient('https://x.supabase.co', key);\n`,
    },
    fixed: {
      '.env': `SUPABASE_SERVICE_ROLE_KEY=${service}\n`,
      '.env.example': 'SUPABASE_SERVICE_ROLE_KEY=\n',
      'src/admin-panel.tsx': "'use client';\nexport const panel = null;\n",
    },
  },
  expect: [
    { object: 'file .env', severity: 'blocker' },
    { object: 'file .env.example', severity: 'high' },
    { object: 'file src/admin-panel.tsx', severity: 'blocker' },
  ],
  repair: '',
} satisfies CheckFixture;
