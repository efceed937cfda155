import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'public-bucket-allows-listing',
  silent: `
-- as supabase_admin
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('papers', 'papers', false);
create policy "own folder" on storage.objects for select to authenticated using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "papers" on storage.objects for select to authenticated using (bucket_id = 'papers');
`,
  defect: `
-- as supabase_admin
create policy "avatars are public" on storage.objects for select using (bucket_id = 'avatars');
`,
  expect: [{ object: 'bucket avatars', severity: 'medium' }],
} satisfies CheckFixture;
