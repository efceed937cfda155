-- Organization, project, task, comment: membership is of the organization, everything below hangs on it.
create table public.organizations (id uuid primary key default gen_random_uuid(), name text not null);
create table public.organization_members (id uuid primary key default gen_random_uuid(), organization_id uuid not null references public.organizations, user_id uuid not null references auth.users, unique (organization_id, user_id));
create table public.projects (id uuid primary key default gen_random_uuid(), organization_id uuid not null references public.organizations, name text not null);
create table public.tasks (id uuid primary key default gen_random_uuid(), project_id uuid not null references public.projects, title text not null);
create table public.comments (id uuid primary key default gen_random_uuid(), task_id uuid not null references public.tasks, author_id uuid not null references auth.users, body text not null);
alter table public.organizations enable row level security;
alter table public.organization_members enable row level security;
alter table public.projects enable row level security;
alter table public.tasks enable row level security;
alter table public.comments enable row level security;
create policy "own" on public.organization_members for select to authenticated using (user_id = (select auth.uid()));
create policy "member" on public.organizations for select to authenticated using (id in (select m.organization_id from public.organization_members m where m.user_id = (select auth.uid())));
create policy "member" on public.projects for all to authenticated using (organization_id in (select m.organization_id from public.organization_members m where m.user_id = (select auth.uid())));
create policy "visible project" on public.tasks for all to authenticated using (exists (select 1 from public.projects p where p.id = tasks.project_id));
create policy "visible task" on public.comments for select to authenticated using (exists (select 1 from public.tasks t where t.id = comments.task_id));
create policy "own comment" on public.comments for insert to authenticated with check (author_id = (select auth.uid()) and exists (select 1 from public.tasks t where t.id = comments.task_id));

-- truth                 who     select insert update delete
-- organizations         anon    .      .      .      .
-- organizations         A,B,C   o      .      .      .
-- organization_members  anon    .      .      .      .
-- organization_members  A,B,C   o      .      .      .
-- projects              anon    .      .      .      .
-- projects              A,B     ot     ot     ot     ot
-- projects              C       o      o      o      o
-- tasks                 anon    .      .      .      .
-- tasks                 A,B     ot     ot     ot     ot
-- tasks                 C       o      o      o      o
-- comments              anon    .      .      .      .
-- comments              A,B     ot     o      .      .
-- comments              C       o      o      .      .
