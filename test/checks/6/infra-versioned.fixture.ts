import type { CheckFixture } from '../fixture.ts';

const migration = `
create table public.messages (id bigint generated always as identity primary key);
create table public.old_news (id bigint generated always as identity primary key);
alter publication supabase_realtime add table public.messages, public.old_news;
alter table public.old_news rename to news;
do $$ begin
  create policy "own files" on storage.objects for select to authenticated using (owner_id = (select auth.uid()::text));
end $$;
insert into storage.buckets (id, name) values ('covers', 'covers') on conflict do nothing;
`;
const later = `
alter publication supabase_realtime add table public.reviews;
create policy "every file" on storage.objects for select to authenticated using (bucket_id = 'covers');
insert into storage.buckets (id, name) values ('drafts', 'drafts');
`;

export default {
  check: 'infra-versioned',
  silent: `${migration}
    create table public.reviews (id bigint generated always as identity primary key);
    insert into storage.buckets (id, name) values ('avatars', 'avatars');`,
  defect: later,
  repo: {
    silent: {
      'supabase/config.toml': '[storage.buckets.avatars]\npublic = false\n',
      'supabase/migrations/20260101000000_first.sql': migration,
    },
    fixed: { 'supabase/migrations/20260102000000_later.sql': later },
  },
  expect: [
    { object: 'public.reviews', severity: 'medium' },
    { object: 'policy "every file" on storage.objects', severity: 'medium' },
    { object: 'bucket drafts', severity: 'medium' },
  ],
  repair: '',
} satisfies CheckFixture;
