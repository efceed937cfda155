import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'policy-empty',
  silent: `${expose('public')}${GUARDED_NOTES}
create policy "never" on public.notes as restrictive for select to anon using (false);
`,
  defect: `
create policy "readers" on public.notes for select to anon;
create policy "writers" on public.notes for insert to anon;
`,
  expect: [
    { object: 'policy readers on public.notes', severity: 'medium' },
    { object: 'policy writers on public.notes', severity: 'medium' },
  ],
  repair: `
drop policy "readers" on public.notes;
alter policy "writers" on public.notes with check (false);
`,
} satisfies CheckFixture;
