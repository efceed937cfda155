-- The owner's column may not be sent at all: its default fills it.
create table public.questions (id uuid primary key default gen_random_uuid(), asker_id uuid not null default auth.uid() references auth.users, body text not null);
alter table public.questions enable row level security;
revoke all on public.questions from anon, authenticated;
grant select on public.questions to authenticated;
grant insert (body) on public.questions to authenticated;
create policy "read own" on public.questions for select to authenticated using (asker_id = (select auth.uid()));
create policy "ask" on public.questions for insert to authenticated with check (asker_id = (select auth.uid()));

-- Of an INSERT in another's name the column is left out too, since it cannot be sent: what comes is one's own row, none of C's.
-- truth      who     select insert update delete
-- questions  anon    .      .      .      .
-- questions  A,B,C   o      o      .      .
