import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const table = (name: string, columns = 'user_id uuid references auth.users (id), body text') =>
  `create table public.${name} (id int primary key, ${columns}); alter table public.${name} enable row level security;`;

export default {
  check: 'policy-any-authenticated',
  silent: `${expose('public')}${GUARDED_NOTES}
${table('lookup', 'code text')}
create policy "signed in" on public.lookup for select to authenticated using (auth.uid() is not null);
${table('boards')}
create policy "signed in" on public.boards for select to authenticated using (true);
`,
  declared: { publicTables: ['public.boards'] },
  defect: `
${table('orders')}
create policy "signed in" on public.orders for select using (auth.role() = 'authenticated');
${table('contacts', 'user_id uuid references auth.users (id), email text')}
create policy "all" on public.contacts for select to authenticated using (true);
${table('secrets', 'access_token text')}
create policy "all" on public.secrets for select to authenticated using (true);
${table('posts')}
create policy "all" on public.posts for select to authenticated using (true);
`,
  expect: [
    { object: 'policy "signed in" on public.orders', severity: 'high' },
    { object: 'policy "all" on public.contacts', severity: 'high' },
    { object: 'policy "all" on public.secrets', severity: 'high' },
    { object: 'policy "all" on public.posts', severity: 'low' },
  ],
} satisfies CheckFixture;
