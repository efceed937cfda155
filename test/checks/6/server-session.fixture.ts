import type { CheckFixture } from '../fixture.ts';

const page = (call: string) => `import { cookies } from 'next/headers';
import { createServerClient } from '@supabase/ssr';
export default async function Page() {
  const supabase = createServerClient(process.env.URL!, process.env.ANON!, { cookies: { getAll: () => [], setAll: () => {} } });
  ${call}
}
`;

export default {
  check: 'server-session',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'package.json': '{"dependencies": {"next": "15.5.9"}}',
      'src/app/page.tsx': page(
        'const { data } = await supabase.auth.getClaims(); await supabase.auth.getSession(); return data;',
      ),
      'src/client.tsx':
        "'use client';\nimport { supabase } from './lib';\nexport const session = () => supabase.auth.getSession();\n",
    },
    defect: {
      'src/app/admin/page.tsx': page('const { data } = await supabase.auth.getSession(); return data;'),
      'src/old.ts':
        "import { createClientComponentClient } from '@supabase/auth-helpers-nextjs';\nexport const old = createClientComponentClient();\n",
    },
    fixed: { 'src/app/admin/page.tsx': page('return null;'), 'src/old.ts': 'export {};\n' },
  },
  expect: [
    { object: 'file src/app/admin/page.tsx', severity: 'high' },
    { object: 'file src/old.ts', severity: 'medium' },
  ],
  repair: '',
} satisfies CheckFixture;
