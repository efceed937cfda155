import type { CheckFixture } from '../fixture.ts';

const source = (line: string) =>
  `import { createClient } from '@supabase/supabase-js';\nexport async function signIn(email: string, password: string) {\n  const supabase = createClient(url, key);\n  const { data, error } = await supabase.auth.signInWithPassword({ email, password });\n  ${line}\n  return data;\n}\n`;

export default {
  check: 'log-pii',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'package.json': '{"name":"app"}',
      'src/sign-in.ts': source("if (error) console.error('sign-in failed', error.status);"),
    },
    defect: { 'src/sign-in.ts': source('console.log(password);') },
    fixed: { 'src/sign-in.ts': source("console.log('signed in');") },
  },
  expect: [{ object: 'file src/sign-in.ts', severity: 'medium' }],
  repair: '',
} satisfies CheckFixture;
