import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const table = (name: string, columns = 'user_id uuid references auth.users (id), body text') =>
  `create table public.${name} (id int primary key, ${columns}); alter table public.${name} enable row level security;`;

export default {
  check: 'policy-check-true',
  silent: `${expose('public')}${GUARDED_NOTES}
${table('profiles')}
create policy "sign-up writes" on public.profiles for insert to supabase_auth_admin with check (true);
create policy "own" on public.profiles for update to authenticated using ((select auth.uid()) = user_id);
${table('messages', 'room int, sender_id uuid references auth.users (id), body text')}
create function public.set_sender() returns trigger language plpgsql set search_path = '' as $$ begin new.sender_id := auth.uid(); return new; end $$;
create trigger set_sender before insert on public.messages for each row execute function public.set_sender();
create policy "in rooms" on public.messages for insert to authenticated with check (room > 0);
`,
  defect: `
${table('rooms', 'name text')}
create policy "insert" on public.rooms for insert to authenticated with check (true);
${table('orders')}
create policy "insert" on public.orders for insert to authenticated with check (auth.role() = 'authenticated');
${table('carts')}
create policy "update" on public.carts for update to authenticated using ((select auth.uid()) = user_id) with check (true);
${table('comments', 'post int, author_id uuid references auth.users (id)')}
create policy "insert" on public.comments for insert to authenticated with check (post > 0);
${table('memberships', 'team int, user_id uuid references auth.users (id)')}
create policy "insert" on public.memberships for insert to authenticated with check (team > 0);
`,
  expect: [
    { object: 'policy insert on public.rooms', severity: 'blocker' },
    { object: 'policy insert on public.orders', severity: 'blocker' },
    { object: 'policy update on public.carts', severity: 'blocker' },
    { object: 'policy insert on public.comments', severity: 'high' },
    { object: 'policy insert on public.memberships', severity: 'low' },
  ],
} satisfies CheckFixture;
