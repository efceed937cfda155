import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'apm-in-code',
  silent: '',
  defect: '',
  expect: [{ object: 'file package.json', severity: 'medium' }],
  repair: '',
  repo: {
    silent: {
      'package.json': '{"dependencies":{"@sentry/nextjs":"9.0.0"}}',
      'src/app.ts':
        "import { createClient } from '@supabase/supabase-js';\nexport const supabase = createClient('https://x.example.com', 'key');\n",
    },
    defect: { 'package.json': '{"dependencies":{"react":"19.0.0"}}' },
    fixed: { 'package.json': '{"dependencies":{"react":"19.0.0","next-axiom":"1.0.0"}}' },
  },
} satisfies CheckFixture;
