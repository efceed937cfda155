-- Rows marked as deleted vanish for their owner too; the owner restores nothing by accident. Then the trap: marking a row
-- deleted through an UPDATE fails, since the SELECT policy does not let the new row be seen.
create table public.documents (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users, body text, deleted_at timestamptz);
alter table public.documents enable row level security;
create policy "read own" on public.documents for select to authenticated using (owner_id = (select auth.uid()) and deleted_at is null);
create policy "add own" on public.documents for insert to authenticated with check (owner_id = (select auth.uid()));
create policy "change own" on public.documents for update to authenticated using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));

-- truth      who     select insert update delete
-- documents  anon    .      .      .      .
-- documents  A,B,C   o      o      o      .
