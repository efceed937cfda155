import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'realtime-publication-rls',
  silent: `${expose('public')}${GUARDED_NOTES}
create table public.scores (id int primary key, points int);
alter publication supabase_realtime add table public.notes, public.scores;
`,
  declared: { publicTables: ['public.scores'] },
  defect: `
create table public.messages (id int primary key, body text);
create table public.quiet (id int primary key);
revoke all on public.quiet from anon, authenticated;
alter publication supabase_realtime add table public.messages, public.quiet;
`,
  expect: [
    { object: 'public.messages', severity: 'blocker' },
    { object: 'public.quiet', severity: 'low' },
  ],
} satisfies CheckFixture;
