import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const SILENT = `${GUARDED_NOTES}
-- A catalogue, flags, a leaderboard: read by all, as meant.
create table public.products (id int primary key, name text not null, active boolean not null default true);
alter table public.products enable row level security;
create policy "read" on public.products for select using (active);
create table public.feature_flags (name text primary key, enabled boolean not null default false);
alter table public.feature_flags enable row level security;
create policy "read" on public.feature_flags for select using (true);
create table public.scores (id bigint generated always as identity primary key, user_id uuid not null references auth.users, points int not null default 0, hidden boolean not null default false);
alter table public.scores enable row level security;
create policy "leaderboard" on public.scores for select using (not hidden or (select auth.uid()) = user_id);
-- Teams: what a team has is read by its members, through a helper with its owner's rights.
create table public.teams (id int primary key, name text not null);
create table public.team_members (team_id int not null references public.teams, user_id uuid not null references auth.users, role text not null default 'member', primary key (team_id, user_id));
create table public.invoices (id int generated always as identity primary key, team_id int not null references public.teams, total numeric not null);
create table public.invoice_lines (id int generated always as identity primary key, invoice_id int not null references public.invoices, text text not null);
create schema private; grant usage on schema private to authenticated;
create function private.is_member(team int) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.team_members m where m.team_id = team and m.user_id = (select auth.uid()))
$$;
alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.invoices enable row level security;
alter table public.invoice_lines enable row level security;
create policy "team" on public.teams for select to authenticated using (private.is_member(id));
create policy "team" on public.team_members for select to authenticated using (private.is_member(team_id));
create policy "team" on public.invoices for all to authenticated using (private.is_member(team_id));
create policy "team" on public.invoice_lines for all to authenticated using (exists (select 1 from public.invoices i where i.id = invoice_lines.invoice_id));
-- Soft delete, and administrators that nobody of the users tried is.
create table public.admins (user_id uuid primary key references auth.users);
alter table public.admins enable row level security;
create policy "own" on public.admins for select to authenticated using (user_id = (select auth.uid()));
create table public.files (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users, deleted_at timestamptz);
alter table public.files enable row level security;
create policy "own" on public.files for select to authenticated using (owner_id = (select auth.uid()) and deleted_at is null);
create policy "administrators" on public.files for all to authenticated using (exists (select 1 from public.admins a where a.user_id = (select auth.uid())));
-- Views that say what they show, to all or to each; files that all read, and those of the caller's folder.
create view public.score_board as select id, points from public.scores where not hidden;
create function public.newest_files() returns setof public.files language sql stable security definer set search_path = '' as $$
  select f.* from public.files f where f.owner_id = (select auth.uid())
$$;
create function public.best_scores() returns setof public.scores language sql stable security definer set search_path = '' as $$
  select s.* from public.scores s order by s.points desc limit 10
$$;
create view public.my_files as select id, owner_id from public.files where owner_id = (select auth.uid());
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('papers', 'papers', false), ('shared', 'shared', false);
create policy "own papers" on storage.objects for all to authenticated using (bucket_id = 'papers' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "shared" on storage.objects for select to authenticated using (bucket_id = 'shared' and (storage.foldername(name))[1] = 'all');
`;

const DEFECT = `
create table public.contracts (id int generated always as identity primary key, team_id int not null references public.teams, body text not null);
alter table public.contracts enable row level security;
create policy "team" on public.contracts for select to authenticated using (exists (select 1 from public.team_members m where m.team_id = m.team_id and m.user_id = (select auth.uid())));
create table public.messages (id int generated always as identity primary key, sender_id uuid not null references auth.users, body text not null);
alter table public.messages enable row level security;
create policy "own or drafts" on public.messages for all to authenticated using (sender_id = (select auth.uid()) or sender_id = sender_id and (select auth.uid()) is not null and body <> '') with check (sender_id = (select auth.uid()));
create function private.may_read(owner uuid) returns boolean language plpgsql stable security definer set search_path = '' as $$
begin return owner is not null; end $$;
grant usage on schema private to anon;
create table public.letters (id int generated always as identity primary key, user_id uuid not null references auth.users, body text not null);
alter table public.letters enable row level security;
create policy "readers" on public.letters for select using (private.may_read(user_id));
create view public.file_list as select f.id, f.owner_id from public.files f where exists (select 1 from public.files mine where mine.owner_id = (select auth.uid()));
create function public.recent_files() returns setof public.files language sql stable security definer set search_path = '' as $$
  select f.* from public.files f where (select auth.uid()) is not null
$$;
insert into storage.buckets (id, name, public) values ('drafts', 'drafts', false);
create policy "own drafts" on storage.objects for all to authenticated using (bucket_id = 'drafts' and owner_id is not null and (select auth.uid()) is not null);
`;

const FIXED = `
alter policy "team" on public.contracts using (private.is_member(team_id));
alter policy "own or drafts" on public.messages using (sender_id = (select auth.uid()));
alter function public.recent_files() security invoker;
alter view public.file_list set (security_invoker = on);
alter policy "own drafts" on storage.objects using (bucket_id = 'drafts' and owner_id = (select auth.uid())::text);
alter policy "readers" on public.letters to authenticated using (user_id = (select auth.uid()));
`;
const file = (at: number) => `supabase/migrations/2026010${at}000000_x.sql`;

export default {
  check: 'rls-matrix',
  silent: expose('public') + SILENT,
  defect: DEFECT,
  expect: [
    { object: 'public.contracts', severity: 'high' },
    { object: 'public.messages', severity: 'blocker' },
    { object: 'public.letters', severity: 'high' },
    { object: 'public.file_list', severity: 'high' },
    { object: 'public.recent_files()', severity: 'high' },
    { object: 'bucket drafts', severity: 'blocker' },
  ],
  repair: FIXED,
  repo: { silent: { [file(1)]: SILENT }, defect: { [file(2)]: DEFECT }, fixed: { [file(3)]: FIXED } },
} satisfies CheckFixture;
