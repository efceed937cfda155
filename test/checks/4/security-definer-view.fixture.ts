import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'security-definer-view',
  silent: `${expose('public')}${GUARDED_NOTES}
create view public.my_notes with (security_invoker = on) as select id, body from public.notes;
create schema private;
create view private.all_notes as select * from public.notes;
create view public.hidden as select * from public.notes;
revoke all on public.hidden from anon, authenticated;
create view public.statistics as select count(*) from public.notes;
`,
  declared: { publicTables: ['public.statistics'] },
  defect: `
create view public.all_notes as select id, user_id, body from public.notes;
create view public.on_top as select count(*) as notes from private.all_notes;
create view public.per_caller as select id, body from public.notes where user_id = auth.uid();
create table public.countries (code text primary key);
alter table public.countries enable row level security;
create policy "read" on public.countries for select using (true);
create view public.country_list as select code from public.countries;
`,
  expect: [
    { object: 'public.all_notes', severity: 'high' },
    { object: 'public.on_top', severity: 'high' },
    { object: 'public.per_caller', severity: 'medium' },
    { object: 'public.country_list', severity: 'low' },
  ],
} satisfies CheckFixture;
