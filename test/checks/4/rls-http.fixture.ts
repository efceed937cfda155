import type { CheckFixture } from '../fixture.ts';
import { API_USERS, USER_A, USER_C, USERS } from './api-users.ts';
import { expose } from './expose.ts';

const SCHEMA = `
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users (id), body text);
alter table public.notes enable row level security;
create policy "own notes" on public.notes for all to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create table public.letters (id bigint generated always as identity primary key, user_id uuid not null references auth.users (id), body text);
alter table public.letters enable row level security;
create policy "own letters" on public.letters for all to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create table public.articles (id int primary key, user_id uuid not null references auth.users (id), published boolean not null default false);
alter table public.articles enable row level security;
create policy "own and published" on public.articles for select using (published or (select auth.uid()) = user_id);
create table public.teams (id int primary key, name text);
create table public.members (team_id int not null references public.teams, user_id uuid not null references auth.users (id), primary key (team_id, user_id));
create table public.plans (id int primary key, team_id int not null references public.teams, text text);
alter table public.teams enable row level security;
alter table public.members enable row level security;
alter table public.plans enable row level security;
create policy "own" on public.members for select to authenticated using (user_id = (select auth.uid()));
create policy "team" on public.plans for select to authenticated using (team_id in (select m.team_id from public.members m where m.user_id = (select auth.uid())));
`;

export default {
  check: 'rls-http',
  api: { users: USERS },
  silent: `${expose('public')}${SCHEMA}${API_USERS}
insert into public.notes (user_id, body) values ('${USER_A}', 'a'), ('${USER_C}', 'c');
insert into public.letters (user_id, body) values ('${USER_A}', 'a'), ('${USER_C}', 'c');
insert into public.articles values (1, '${USER_A}', true), (2, '${USER_C}', true);
insert into public.teams values (1, 'one'), (2, 'two');
insert into public.members values (1, '${USER_A}'), (2, '${USER_C}');
insert into public.plans values (1, 1, 'one'), (2, 2, 'two');
`,
  repo: { silent: { 'supabase/migrations/20260101000000_all.sql': SCHEMA } },
  // By hand, in the live database alone.
  defect: `
create policy "support reads" on public.notes for select to authenticated using (body is not null);
create policy "support reads" on public.plans for select to authenticated using (team_id is not null);
revoke select on public.letters from authenticated;
`,
  expect: [
    { object: 'public.notes', severity: 'blocker' },
    { object: 'public.plans', severity: 'blocker' },
    { object: 'public.letters', severity: 'high' },
  ],
  repair: `
drop policy "support reads" on public.notes;
drop policy "support reads" on public.plans;
grant select on public.letters to authenticated;
`,
} satisfies CheckFixture;
