-- A message belongs to its sender and its recipient; whoever is one of them may write it, so the sender can be forged.
create table public.messages (id bigint generated always as identity primary key, sender_id uuid not null references auth.users, recipient_id uuid not null references auth.users, body text not null);
alter table public.messages enable row level security;
create policy "read" on public.messages for select to authenticated using ((select auth.uid()) in (sender_id, recipient_id));
create policy "send" on public.messages for insert to authenticated with check ((select auth.uid()) in (sender_id, recipient_id));
create policy "edit" on public.messages for update to authenticated using (sender_id = (select auth.uid()));

-- truth     who     select insert update delete
-- messages  anon    .      .      .      .
-- messages  A,B,C   o      oO     o      .
