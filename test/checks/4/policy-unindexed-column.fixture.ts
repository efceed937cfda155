import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'policy-unindexed-column',
  silent: `${expose('public')}${GUARDED_NOTES}
create table public.orders (id int primary key, user_id uuid, open boolean);
create index orders_user on public.orders (user_id, open);
alter table public.orders enable row level security;
create policy "own" on public.orders for select to authenticated using ((select auth.uid()) = user_id);
insert into public.orders select n, gen_random_uuid(), true from generate_series(1, 2000) n;
analyze public.orders;
`,
  defect: `
create table public.visits (id int primary key, user_id uuid, team_id int);
create index visits_some on public.visits (user_id) where team_id > 5;
alter table public.visits enable row level security;
create policy "own" on public.visits for select to authenticated using (user_id = (select auth.uid()));
insert into public.visits select n, gen_random_uuid(), 1 from generate_series(1, 2000) n;
analyze public.visits;
`,
  expect: [{ object: 'public.visits.user_id', severity: 'medium' }],
} satisfies CheckFixture;
