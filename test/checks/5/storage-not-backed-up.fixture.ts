import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'storage-not-backed-up',
  silent: `
    -- as supabase_admin
    insert into storage.buckets (id, name, public) values ('avatars', 'avatars', false);
    insert into storage.objects (bucket_id, name) values ('avatars', 'a.png');
  `,
  defect: '',
  expect: [{ object: 'storage.storage', severity: 'high' }],
  repair: '',
  repo: {
    silent: {
      '.github/workflows/files.yml':
        'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs:\n  copy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: rclone sync supabase:avatars backup:avatars\n',
    },
    defect: {
      '.github/workflows/files.yml':
        'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n',
    },
    fixed: {
      '.github/workflows/files.yml':
        'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs:\n  copy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: aws s3 sync s3://avatars ./avatars --endpoint-url "$ENDPOINT"\n',
    },
  },
} satisfies CheckFixture;
