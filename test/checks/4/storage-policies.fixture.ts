import type { CheckFixture } from '../fixture.ts';
import { expose } from './expose.ts';

export default {
  check: 'storage-policies',
  silent: `${expose('public')}
-- as supabase_admin
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('avatars', 'avatars', true, 1000000, array['image/png']),
  ('documents', 'documents', false, null, null);
create policy "own folder" on storage.objects for insert to authenticated with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "own file" on storage.objects for update to authenticated using (bucket_id = 'avatars' and owner_id = (select auth.uid())::text);
create policy "public avatars" on storage.objects for select using (bucket_id = 'avatars');
create function public.may_touch(path text) returns boolean language plpgsql stable security definer set search_path = '' as $$
declare found_it boolean;
begin
  select exists (select from storage.buckets where id = path) into found_it;
  return found_it;
end $$;
create policy "a helper decides" on storage.objects for delete using (bucket_id = 'documents' and public.may_touch(name));
create policy "the server" on storage.objects for all to service_role using (true) with check (true);
`,
  defect: `
-- as supabase_admin
create policy "anyone uploads" on storage.objects for insert with check (bucket_id = 'avatars');
create policy "public folder" on storage.objects for update to anon using (bucket_id = 'avatars' and (storage.foldername(name))[1] = 'public');
create policy "signed-in deletes" on storage.objects for delete to authenticated using (bucket_id = 'avatars');
create policy "signed-in uploads" on storage.objects for insert to authenticated with check (bucket_id = 'documents' and auth.role() = 'authenticated');
create policy "reads everything" on storage.objects for select to authenticated using (true);
insert into storage.buckets (id, name, public) values ('loose', 'loose', true);
`,
  expect: [
    { object: 'policy "anyone uploads" on storage.objects', severity: 'high' },
    { object: 'policy "public folder" on storage.objects', severity: 'high' },
    { object: 'policy "signed-in deletes" on storage.objects', severity: 'high' },
    { object: 'policy "signed-in uploads" on storage.objects', severity: 'medium' },
    { object: 'policy "reads everything" on storage.objects', severity: 'high' },
    { object: 'bucket loose', severity: 'medium' },
  ],
} satisfies CheckFixture;
