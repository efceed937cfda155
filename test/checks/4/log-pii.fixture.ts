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
      'src/known.ts': source('console.log(data.user.id, !!data.user, { userId: data.session?.user.id });'),
    },
    defect: {
      'src/sign-in.ts': source('console.log(password);'),
      'src/known.ts': source("console.info('hello', data.user);"),
      'src/greeting.ts': source('const user = data.user;\n  console.log("hello", user.email);'),
    },
    fixed: {
      'src/sign-in.ts': source("console.log('signed in');"),
      'src/known.ts': null,
      'src/greeting.ts': null,
    },
  },
  expect: [
    { object: 'file src/sign-in.ts', severity: 'medium' },
    { object: 'file src/known.ts', severity: 'medium' },
    { object: 'file src/greeting.ts', severity: 'medium' },
  ],
  repair: '',
} satisfies CheckFixture;
