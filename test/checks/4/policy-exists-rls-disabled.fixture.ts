import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'policy-exists-rls-disabled',
  silent: `${expose('public')}${GUARDED_NOTES}`,
  defect: `
create table public.carts (id int primary key, user_id uuid);
create policy "own carts" on public.carts for select to authenticated using ((select auth.uid()) = user_id);
create table public.visits (at timestamptz, user_id uuid) partition by range (at);
create policy "own visits" on public.visits for select to authenticated using ((select auth.uid()) = user_id);
create schema private;
create table private.jobs (id int primary key);
create policy "nobody" on private.jobs for select using (false);
`,
  expect: [
    { object: 'public.carts', severity: 'blocker' },
    { object: 'public.visits', severity: 'blocker' },
    { object: 'private.jobs', severity: 'medium' },
  ],
} satisfies CheckFixture;
