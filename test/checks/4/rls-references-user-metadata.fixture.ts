import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const table = (name: string) =>
  `create table public.${name} (id int primary key); alter table public.${name} enable row level security;`;

export default {
  check: 'rls-references-user-metadata',
  silent: `${expose('public')}${GUARDED_NOTES}
${table('settings')}
create policy "admins" on public.settings for all to authenticated using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');
create table public.user_metadata (id int primary key, user_id uuid, note text);
alter table public.user_metadata enable row level security;
create policy "own" on public.user_metadata for select to authenticated using ((select auth.uid()) = user_id and note <> 'user_metadata');
`,
  defect: `
${table('reports')}
create policy "admins" on public.reports for select to authenticated using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');
${table('plans')}
create policy "admins" on public.plans for insert to authenticated with check ((current_setting('request.jwt.claims', true)::jsonb #>> '{user_metadata,role}') = 'admin');
${table('invoices')}
create policy "admins" on public.invoices for select to authenticated using (exists (select 1 from auth.users u where u.id = auth.uid() and u.raw_user_meta_data ->> 'role' = 'admin'));
create table public.drafts (id int primary key);
create policy "admins" on public.drafts for select to authenticated using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');
`,
  expect: [
    { object: 'policy admins on public.reports', severity: 'blocker' },
    { object: 'policy admins on public.plans', severity: 'blocker' },
    { object: 'policy admins on public.invoices', severity: 'blocker' },
    { object: 'policy admins on public.drafts', severity: 'blocker' },
  ],
} satisfies CheckFixture;
