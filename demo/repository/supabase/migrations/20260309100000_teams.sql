-- Restaurants and offices buy together: a team, its members, and a message board.

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9-]{1,60}$'),
  name text not null check (char_length(name) between 1 and 80),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.teams is 'A group that buys together.';

create table public.memberships (
  team_id uuid not null references public.teams (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null default 'member' check (role in ('owner', 'buyer', 'member')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (team_id, user_id)
);
comment on table public.memberships is 'Who belongs to which team, and as what.';
create index memberships_user_id_idx on public.memberships (user_id);

create table public.messages (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references public.teams (id) on delete cascade,
  author_id uuid default auth.uid() references auth.users (id) on delete set null,
  body text not null check (char_length(body) between 1 and 2000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.messages is 'The team''s message board. Deleted after a year.';
create index messages_team_id_created_at_idx on public.messages (team_id, created_at);
create index messages_author_id_idx on public.messages (author_id);

-- A policy on memberships that reads memberships would recurse: the helper reads them as owner, for the caller only.
create function internal.my_team_ids() returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$ select team_id from public.memberships where user_id = auth.uid() $$;
comment on function internal.my_team_ids() is 'Teams of the caller.';
grant execute on function internal.my_team_ids() to authenticated;

alter table public.teams enable row level security;
alter table public.memberships enable row level security;
alter table public.messages enable row level security;

grant select on public.teams, public.memberships, public.messages to authenticated;
grant insert (team_id, body) on public.messages to authenticated;

create policy "members see their teams" on public.teams
  for select to authenticated using (id in (select internal.my_team_ids()));
create policy "members see who is in their teams" on public.memberships
  for select to authenticated using (team_id in (select internal.my_team_ids()));
create policy "members read their teams' messages" on public.messages
  for select to authenticated using (team_id in (select internal.my_team_ids()));
create policy "members write to their teams" on public.messages
  for insert to authenticated
  with check (author_id = (select auth.uid()) and team_id in (select internal.my_team_ids()));

create trigger teams_updated_at before update on public.teams
  for each row execute function internal.set_updated_at();
create trigger memberships_updated_at before update on public.memberships
  for each row execute function internal.set_updated_at();
create trigger messages_updated_at before update on public.messages
  for each row execute function internal.set_updated_at();
