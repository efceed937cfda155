import { expose, GUARDED_NOTES } from '../4/expose.ts';
import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'anon-surface-diff',
  api: { users: [] },
  silent: `${expose('public')}${GUARDED_NOTES}
create table public.countries (code text primary key, name text);
create table public.closed (id int primary key);
revoke all on public.closed from anon;
create function public.shut() returns int language sql stable as 'select 1';
revoke execute on function public.shut() from public, anon;
create function public.greet() returns text language sql stable as $$ select 'hello' $$;
`,
  declared: { publicTables: ['public.countries', 'public.prices'] },
  // Declared, and there, but refused.
  defect: `
create table public.prices (id int primary key, amount numeric);
revoke all on public.prices from anon;
`,
  expect: [{ object: 'public.prices', severity: 'high' }],
} satisfies CheckFixture;
