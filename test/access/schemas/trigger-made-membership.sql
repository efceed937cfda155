-- Whoever makes a workspace becomes its owner through a trigger; owners invite, members read.
create table public.workspaces (id uuid primary key default gen_random_uuid(), name text not null, created_by uuid not null default auth.uid() references auth.users);
create table public.workspace_members (workspace_id uuid not null references public.workspaces on delete cascade, user_id uuid not null references auth.users, role text not null default 'member' check (role in ('owner', 'member')), primary key (workspace_id, user_id));
create schema private; grant usage on schema private to authenticated;
create function private.make_owner() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.workspace_members values (new.id, new.created_by, 'owner'); return new; end $$;
create trigger make_owner after insert on public.workspaces for each row execute function private.make_owner();
create function private.role_in(workspace uuid) returns text language sql stable security definer set search_path = '' as $$ select role from public.workspace_members m where m.workspace_id = workspace and m.user_id = (select auth.uid()) $$;
alter table public.workspaces enable row level security;
alter table public.workspace_members enable row level security;
create policy "see" on public.workspaces for select to authenticated using (private.role_in(id) is not null);
create policy "make" on public.workspaces for insert to authenticated with check (created_by = (select auth.uid()));
create policy "owners change" on public.workspaces for update to authenticated using (private.role_in(id) = 'owner');
create policy "see members" on public.workspace_members for select to authenticated using (private.role_in(workspace_id) is not null);
create policy "owners invite" on public.workspace_members for insert to authenticated with check (private.role_in(workspace_id) = 'owner');
create policy "owners remove" on public.workspace_members for delete to authenticated using (private.role_in(workspace_id) = 'owner');

-- B did not make the workspace that A and B share; A may hand it on, B may not.
-- truth              who     select insert update delete
-- workspaces         anon    .      .      .      .
-- workspaces         A,C     o      o      oO     .
-- workspaces         B       t      .      .      .
-- workspace_members  anon    .      .      .      .
-- workspace_members  A       ot     otO    .      ot
-- workspace_members  B       ot     .      .      .
-- workspace_members  C       o      oO     .      o
