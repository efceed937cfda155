import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'storage-orphans',
  silent: `
    -- as supabase_admin
    insert into auth.users (id, email) values ('00000000-0000-0000-0000-000000000001', 'ada@acme.io');
    insert into storage.buckets (id, name, public) values ('avatars', 'avatars', false), ('exports', 'exports', false);
    insert into storage.objects (bucket_id, name, owner_id) values
      ('avatars', 'a.png', '00000000-0000-0000-0000-000000000001'), ('exports', 'x.csv', null), ('exports', 'y.csv', null);
    -- as postgres
    create table public.people (id int primary key, avatar_path text, photo_url text);
    insert into public.people values (1, 'a.png', 'https://pics.acme.io/1.png'), (2, 'avatars/a.png', null), (3, 'https://x.supabase.co/storage/v1/object/public/avatars/a.png?v=2', null), (4, '', null), (5, 'https://gravatar.com/x', null);
    create table public.routes (id int primary key, path text);
    insert into public.routes values (1, '/home'), (2, '/about');
  `,
  defect: `
    -- as supabase_admin
    insert into storage.objects (bucket_id, name, owner_id) values
      ('avatars', 'b.png', '00000000-0000-0000-0000-000000000009'), ('avatars', 'c.png', null);
    -- as postgres
    insert into public.people values (6, 'gone.png', null);
  `,
  expect: [
    { object: 'bucket avatars', severity: 'medium' },
    { object: 'bucket avatars', severity: 'low' },
    { object: 'public.people.avatar_path', severity: 'high' },
  ],
  // Storage refuses deletes in SQL, for the files would stay behind.
  repair: `
    -- as supabase_admin
    update storage.objects set owner_id = '00000000-0000-0000-0000-000000000001' where bucket_id = 'avatars';
    -- as postgres
    delete from public.people where id = 6;
  `,
} satisfies CheckFixture;
