import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'cli-version-match',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'supabase/config.toml': '[db]\nmajor_version = 17\n',
      'package.json': '{"devDependencies": {"supabase": "2.67.1"}}',
    },
    defect: {
      'supabase/config.toml': '[db]\nmajor_version = 15\n',
      'package.json': '{"devDependencies": {"supabase": "^2.67.1"}}',
    },
    fixed: {
      'supabase/config.toml': '[db]\nmajor_version = 17\n',
      'package.json': '{"devDependencies": {"supabase": "2.67.1"}}',
    },
  },
  expect: [
    { object: 'file supabase/config.toml', severity: 'high' },
    { object: 'file package.json', severity: 'low' },
  ],
  repair: '',
} satisfies CheckFixture;
