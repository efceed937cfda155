import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const SILENT = `${GUARDED_NOTES}
create table public.teams (id int primary key, name text not null, owner_id uuid not null references auth.users);
create table public.team_members (team_id int not null references public.teams, user_id uuid not null references auth.users, primary key (team_id, user_id));
create table public.tasks (id int generated always as identity primary key, team_id int not null references public.teams, assignee_id uuid references auth.users, title text not null);
create schema private; grant usage on schema private to authenticated;
create function private.is_member(team int) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.team_members m where m.team_id = team and m.user_id = (select auth.uid()))
$$;
create function private.owns(team int) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.teams t where t.id = team and t.owner_id = (select auth.uid()))
$$;
alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.tasks enable row level security;
create policy "own teams" on public.teams for all to authenticated using (owner_id = (select auth.uid()) or private.is_member(id)) with check (owner_id = (select auth.uid()));
create policy "see members" on public.team_members for select to authenticated using (private.is_member(team_id));
create policy "owners add members" on public.team_members for insert to authenticated with check (private.owns(team_id));
create policy "team" on public.tasks for all to authenticated using (private.is_member(team_id));
-- The trigger says whose it is, whatever is sent.
create table public.likes (id int generated always as identity primary key, user_id uuid not null references auth.users, what text not null);
create function public.own_like() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger own_like before insert on public.likes for each row execute function public.own_like();
alter table public.likes enable row level security;
create policy "read" on public.likes for select using (true);
create policy "like" on public.likes for insert to authenticated with check (what <> '');
`;

const DEFECT = `
create table public.posts (id int generated always as identity primary key, author_id uuid not null references auth.users, team_id int not null references public.teams, body text not null);
alter table public.posts enable row level security;
create policy "read" on public.posts for select to authenticated using (private.is_member(team_id));
create policy "write" on public.posts for insert to authenticated with check (author_id = (select auth.uid()));
create table public.comments (id int generated always as identity primary key, author_id uuid not null references auth.users, body text not null);
alter table public.comments enable row level security;
create policy "own" on public.comments for select to authenticated using (author_id = (select auth.uid()));
create policy "write" on public.comments for insert to authenticated with check (body <> '' and (select auth.uid()) is not null);
create policy "join" on public.team_members for insert to authenticated with check (user_id = (select auth.uid()));
`;

const FIXED = `
alter policy "write" on public.posts with check (author_id = (select auth.uid()) and private.is_member(team_id));
alter policy "write" on public.comments with check (author_id = (select auth.uid()));
drop policy "join" on public.team_members;
`;
const file = (at: number) => `supabase/migrations/2026010${at}000000_x.sql`;

export default {
  check: 'rls-forge-owner',
  silent: expose('public') + SILENT,
  defect: DEFECT,
  expect: [
    { object: 'public.posts', severity: 'blocker' },
    { object: 'public.comments', severity: 'blocker' },
    { object: 'public.team_members', severity: 'blocker' },
  ],
  repair: FIXED,
  repo: { silent: { [file(1)]: SILENT }, defect: { [file(2)]: DEFECT }, fixed: { [file(3)]: FIXED } },
} satisfies CheckFixture;
