import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'offsite-dump',
  silent: '',
  defect: '',
  expect: [{ object: 'directory .github/workflows', severity: 'medium' }],
  repair: '',
  repo: {
    silent: {
      '.github/workflows/backup.yml':
        'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs:\n  dump:\n    runs-on: ubuntu-latest\n    steps:\n      - run: supabase db dump -f dump.sql\n',
    },
    defect: {
      '.github/workflows/backup.yml':
        'on:\n  workflow_dispatch:\njobs:\n  dump:\n    runs-on: ubuntu-latest\n    steps:\n      - run: supabase db dump -f dump.sql\n',
    },
    fixed: {
      '.github/workflows/nightly.yml':
        'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs:\n  dump:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pg_dump "$URL" > dump.sql\n',
    },
  },
} satisfies CheckFixture;
