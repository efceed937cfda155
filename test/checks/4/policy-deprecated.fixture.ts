import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const table = (name: string) =>
  `create table public.${name} (id int primary key, user_id uuid); alter table public.${name} enable row level security;`;

export default {
  check: 'policy-deprecated',
  silent: `${expose('public')}${GUARDED_NOTES}
${table('products')}
create policy "public content" on public.products for select using (true);
create policy "by the server" on public.products for insert with check (auth.uid() is null and false);
`,
  defect: `
${table('orders')}
create policy "signed in" on public.orders for select using (auth.role() = 'authenticated' and user_id = auth.uid());
${table('carts')}
create policy "own" on public.carts for all using ((select auth.uid()) = user_id);
`,
  expect: [
    { object: 'policy "signed in" on public.orders', severity: 'medium' },
    { object: 'policy own on public.carts', severity: 'low' },
  ],
} satisfies CheckFixture;
