import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const MEMBERS = (name: string) =>
  `create table public.${name} (team_id int, user_id uuid); alter table public.${name} enable row level security;`;

export default {
  check: 'policy-recursion',
  silent: `${expose('public')}${GUARDED_NOTES}
${MEMBERS('memberships')}
create function public.is_member(team int) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.memberships m where m.team_id = team and m.user_id = auth.uid())
$$;
create policy "team" on public.memberships for select to authenticated using (public.is_member(team_id));
create table public.projects (id int primary key, team_id int);
alter table public.projects enable row level security;
create policy "team" on public.projects for select to authenticated using (team_id in (select m.team_id from public.memberships m where m.user_id = auth.uid()));
create table public.tags (id int primary key, name text);
alter table public.tags enable row level security;
create policy "read" on public.tags for select to authenticated using (true);
create policy "few" on public.tags for insert to authenticated with check ((select count(*) from public.tags) < 100);
`,
  defect: `
${MEMBERS('staff')}
create policy "colleagues" on public.staff for select to authenticated using (exists (select 1 from public.staff s where s.team_id = staff.team_id and s.user_id = auth.uid()));
${MEMBERS('left_side')}
${MEMBERS('right_side')}
create policy "by right" on public.left_side for select to authenticated using (exists (select 1 from public.right_side r where r.team_id = left_side.team_id));
create policy "by left" on public.right_side for select to authenticated using (exists (select 1 from public.left_side l where l.team_id = right_side.team_id));
`,
  expect: [
    { object: 'policy colleagues on public.staff', severity: 'blocker' },
    { object: 'policy "by right" on public.left_side', severity: 'blocker' },
    { object: 'policy "by left" on public.right_side', severity: 'blocker' },
  ],
  repair: `
drop policy "colleagues" on public.staff;
drop policy "by left" on public.right_side;
`,
} satisfies CheckFixture;
