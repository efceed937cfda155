-- Avatars lie in the user's folder and are read by all; documents are the user's own; the inbox takes anything from anybody signed in.
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('documents', 'documents', false), ('inbox', 'inbox', false);
create policy "avatars are read" on storage.objects for select using (bucket_id = 'avatars');
create policy "own avatar" on storage.objects for insert to authenticated with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "change own avatar" on storage.objects for update to authenticated using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "own documents" on storage.objects for all to authenticated using (bucket_id = 'documents' and owner_id = (select auth.uid())::text) with check (bucket_id = 'documents' and owner_id = (select auth.uid())::text);
create policy "drop into the inbox" on storage.objects for insert to authenticated with check (bucket_id = 'inbox');
create table public.dummy (id int primary key);
alter table public.dummy enable row level security;

-- truth             who     select insert update delete
-- bucket:avatars    anon    f      .      .      .
-- bucket:avatars    A,B,C   of     oO     oO     .
-- bucket:documents  anon    .      .      .      .
-- bucket:documents  A,B,C   o      o      o      o
-- bucket:inbox      anon    .      .      .      .
-- bucket:inbox      A,B,C   .      ofO    .      .
-- dummy             anon    .      .      .      .
-- dummy             A,B,C   .      .      .      .
