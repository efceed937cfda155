-- Who takes part stands in an array of the row itself.
create table public.chats (id uuid primary key default gen_random_uuid(), participants uuid[] not null, title text not null default '');
create table public.chat_lines (id bigint generated always as identity primary key, chat_id uuid not null references public.chats on delete cascade, author_id uuid not null references auth.users, body text not null);
alter table public.chats enable row level security;
alter table public.chat_lines enable row level security;
create policy "take part" on public.chats for all to authenticated using ((select auth.uid()) = any (participants));
create policy "read" on public.chat_lines for select to authenticated using (exists (select 1 from public.chats c where c.id = chat_lines.chat_id));
create policy "write" on public.chat_lines for insert to authenticated with check (author_id = (select auth.uid()) and exists (select 1 from public.chats c where c.id = chat_lines.chat_id));

-- truth       who     select insert update delete
-- chats       anon    .      .      .      .
-- chats       A,B,C   o      o      o      o
-- chat_lines  anon    .      .      .      .
-- chat_lines  A,B,C   o      o      .      .
