-- A membership table whose policy asks the table itself, and a table whose policy asks it.
create table public.groups (id int primary key, name text not null);
create table public.group_members (group_id int not null references public.groups, user_id uuid not null references auth.users, primary key (group_id, user_id));
create table public.events (id int generated always as identity primary key, group_id int not null references public.groups, title text not null);
alter table public.groups enable row level security;
alter table public.group_members enable row level security;
alter table public.events enable row level security;
create policy "see members of own groups" on public.group_members for select to authenticated using (exists (select 1 from public.group_members g where g.group_id = group_members.group_id and g.user_id = (select auth.uid())));
create policy "see own groups" on public.groups for select to authenticated using (id in (select m.group_id from public.group_members m where m.user_id = (select auth.uid())));
create policy "see events" on public.events for select to authenticated using (group_id in (select m.group_id from public.group_members m where m.user_id = (select auth.uid())));

-- truth          who    select         insert update         delete
-- groups         anon   .              .      .              .
-- groups         A,B    recursion:of   .      recursion:ofT  recursion:of
-- groups         C      recursion:of   .      recursion:ofT  recursion:of
-- group_members  anon   .              .      .              .
-- group_members  A,B    recursion:otf  .      recursion:otfOT  recursion:otf
-- group_members  C      recursion:of   .      recursion:ofOT  recursion:of
-- events         anon   .              .      .              .
-- events         A,B    recursion:otf  .      recursion:otfT  recursion:otf
-- events         C      recursion:of   .      recursion:ofT   recursion:of
