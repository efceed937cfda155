import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'view-write-through',
  silent: `${expose('public')}${GUARDED_NOTES}
create view public.my_notes with (security_invoker = on) as select id, body from public.notes;
create view public.note_counts as select user_id, count(*) from public.notes group by user_id;
create view public.read_only as select id, body from public.notes;
revoke all on public.read_only from anon, authenticated;
grant select on public.read_only to authenticated;
create view public.own_notes as select id, user_id, body from public.notes where user_id = auth.uid() with check option;
`,
  defect: `
create view public.all_notes as select id, user_id, body from public.notes;
create view public.inbox as select body from public.notes;
revoke all on public.inbox from anon, authenticated;
grant insert on public.inbox to anon;
create view public.column_writes as select id, body from public.notes;
revoke all on public.column_writes from anon, authenticated;
grant update (body) on public.column_writes to authenticated;
`,
  expect: [
    { object: 'public.all_notes', severity: 'blocker' },
    { object: 'public.inbox', severity: 'blocker' },
    { object: 'public.column_writes', severity: 'blocker' },
  ],
} satisfies CheckFixture;
