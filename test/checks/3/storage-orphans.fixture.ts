import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'storage-orphans',
  silent: `
    -- as supabase_admin
    insert into auth.users (id, email) values ('00000000-0000-0000-0000-000000000001', 'ada@acme.io');
    insert into storage.buckets (id, name, public) values ('avatars', 'avatars', false), ('exports', 'exports', false);
    insert into storage.objects (bucket_id, name, owner_id) values
      ('avatars', 'a.png', '00000000-0000-0000-0000-000000000001'), ('exports', 'x.csv', null), ('exports', 'y.csv', null);
  `,
  defect: `
    -- as supabase_admin
    insert into storage.objects (bucket_id, name, owner_id) values
      ('avatars', 'b.png', '00000000-0000-0000-0000-000000000009'), ('avatars', 'c.png', null);
  `,
  expect: [
    { object: 'bucket avatars', severity: 'medium' },
    { object: 'bucket avatars', severity: 'low' },
  ],
  // Storage refuses deletes in SQL, for the files would stay behind.
  repair: `
    -- as supabase_admin
    update storage.objects set owner_id = '00000000-0000-0000-0000-000000000001' where bucket_id = 'avatars';
  `,
} satisfies CheckFixture;
