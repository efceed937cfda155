-- Teams with a membership table; projects belong to a team; members read and write what is their team's. Helper with definer rights.
create table public.teams (id uuid primary key default gen_random_uuid(), name text not null);
create table public.team_members (team_id uuid not null references public.teams on delete cascade, user_id uuid not null references auth.users, role text not null default 'member' check (role in ('owner', 'admin', 'member')), primary key (team_id, user_id));
create table public.projects (id uuid primary key default gen_random_uuid(), team_id uuid not null references public.teams, name text not null);
create table public.tasks (id bigint generated always as identity primary key, project_id uuid not null references public.projects on delete cascade, title text not null);
create schema private;
create function private.is_member(team uuid) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.team_members m where m.team_id = team and m.user_id = (select auth.uid()))
$$;
grant usage on schema private to authenticated;
grant execute on function private.is_member(uuid) to authenticated;
alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.projects enable row level security;
alter table public.tasks enable row level security;
create policy "members see their team" on public.teams for select to authenticated using (private.is_member(id));
create policy "members see each other" on public.team_members for select to authenticated using (private.is_member(team_id));
create policy "members work on projects" on public.projects for all to authenticated using (private.is_member(team_id)) with check (private.is_member(team_id));
create policy "members work on tasks" on public.tasks for all to authenticated
  using (exists (select 1 from public.projects p where p.id = tasks.project_id and private.is_member(p.team_id)));

-- truth          who     select insert update delete
-- teams          anon    .      .      .      .
-- teams          A,B,C   o      .      .      .
-- team_members   anon    .      .      .      .
-- team_members   A,B     ot     .      .      .
-- team_members   C       o      .      .      .
-- projects       anon    .      .      .      .
-- projects       A,B     ot     ot     ot     ot
-- projects       C       o      o      o      o
-- tasks          anon    .      .      .      .
-- tasks          A,B     ot     ot     ot     ot
-- tasks          C       o      o      o      o
