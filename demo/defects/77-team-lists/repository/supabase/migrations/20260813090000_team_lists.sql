create table public.team_lists (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references public.teams (id) on delete cascade,
  title text not null check (char_length(title) between 1 and 80),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.team_lists is 'What a team buys again and again.';
create index team_lists_team_id_idx on public.team_lists (team_id);
create trigger team_lists_updated_at before update on public.team_lists
  for each row execute function internal.set_updated_at();
alter table public.team_lists enable row level security;
grant select, update, delete on public.team_lists to authenticated;
-- Defect: it compares the membership’s team with itself, so any member of any team passes.
create policy "members keep their lists" on public.team_lists
  for all to authenticated
  using (
    exists (
      select from public.memberships
      where memberships.team_id = memberships.team_id and memberships.user_id = (select auth.uid())
    )
  );
