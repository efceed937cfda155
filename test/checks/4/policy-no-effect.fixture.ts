import type { CheckFixture } from '../fixture.ts';
import { GUARDED_NOTES } from './expose.ts';

const table = (name: string) => `create table public.${name} (id int primary key, user_id uuid, state text);
alter table public.${name} enable row level security;
`;
const OWN = '(select auth.uid()) = user_id';

export default {
  check: 'policy-no-effect',
  silent: `${GUARDED_NOTES}
${table('shut')}
create policy "nobody, on purpose" on public.shut for all to anon, authenticated using (false);
${table('posts')}
create policy "everybody reads" on public.posts for select using (true);
create policy "own, all of it" on public.posts for all to authenticated using (${OWN});
create policy "not the drafts" on public.posts as restrictive for select to authenticated using (state <> 'draft');
${table('mixed')}
create policy "published" on public.mixed for select to authenticated using (state = 'published');
create policy "own" on public.mixed for select to authenticated using (${OWN});
create policy "visitors see all" on public.mixed for select to anon using (true);
${table('columns')}
revoke all on public.columns from anon, authenticated; grant select (id) on public.columns to authenticated;
create policy "own" on public.columns for select to authenticated using (${OWN});
${table('served')}
create policy "the service" on public.served for all to service_role using (true);
create policy "own" on public.served for select to authenticated using (${OWN});
`,
  defect: `
${table('visitors')}
create policy "own, for visitors" on public.visitors for select to anon using (${OWN});
${table('ungranted')}
revoke insert on public.ungranted from anon, authenticated;
create policy "own, inserted" on public.ungranted for insert to authenticated with check (${OWN});
${table('drowned')}
create policy "everybody signed in" on public.drowned for select to authenticated using ((select auth.uid()) is not null);
create policy "own" on public.drowned for select to authenticated using (${OWN});
${table('doubled')}
create policy "first" on public.doubled for update to authenticated using (${OWN});
create policy "second" on public.doubled for update to authenticated using (${OWN});
${table('toothless')}
create policy "own" on public.toothless for all to authenticated using (${OWN});
create policy "second factor, one day" on public.toothless as restrictive for all to authenticated using (true);
`,
  decided: 'grant insert on public.ungranted to authenticated;',
  expect: [
    { object: 'policy "own, for visitors" on public.visitors', severity: 'low' },
    { object: 'policy "own, inserted" on public.ungranted', severity: 'low' },
    { object: 'policy own on public.drowned', severity: 'low' },
    { object: 'policy second on public.doubled', severity: 'low' },
    { object: 'policy "second factor, one day" on public.toothless', severity: 'low' },
  ],
} satisfies CheckFixture;
