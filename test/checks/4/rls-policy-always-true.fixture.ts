import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const table = (name: string, columns = 'user_id uuid references auth.users (id), body text') =>
  `create table public.${name} (id int primary key, ${columns}); alter table public.${name} enable row level security;`;

export default {
  check: 'rls-policy-always-true',
  silent: `${expose('public')}${GUARDED_NOTES}
${table('products', 'title text, cents int')}
create policy "everybody reads" on public.products for select using (true);
create policy "the server writes" on public.products for all to service_role using (true) with check (true);
create policy "sign-up writes" on public.products for insert to supabase_auth_admin with check (true);
create policy "by role claim" on public.products for update using (auth.role() = 'service_role');
${table('members')}
create policy "reads" on public.members for select using (true);
${table('drafts')}
create policy "own" on public.drafts for update to authenticated using ((select auth.uid()) = user_id);
create policy "open" on public.drafts for delete to authenticated using (true);
create policy "but only own" on public.drafts as restrictive for delete to authenticated using ((select auth.uid()) = user_id);
create function public.is_mine(owner uuid) returns boolean language plpgsql stable security definer set search_path = '' as $$ begin return owner = auth.uid(); end $$;
create policy "helper" on public.drafts for all to authenticated using (public.is_mine(user_id));
`,
  declared: { publicTables: ['public.members'] },
  defect: `
${table('orders')}
create policy "update" on public.orders for update to authenticated using (true);
${table('teams', 'name text')}
create policy "delete" on public.teams for delete to authenticated using (auth.uid() is not null);
${table('votes')}
create policy "same" on public.votes for update using (id = id);
create function public.always() returns boolean language sql stable as $$ select 1 = 1 $$;
${table('likes')}
create policy "helped" on public.likes for all to authenticated using (public.always());
${table('api_keys', 'project text, token text')}
create policy "read" on public.api_keys for select using (true);
${table('profiles', 'user_id uuid references auth.users (id), email text')}
create policy "read" on public.profiles for select using (true);
${table('posts')}
create policy "read" on public.posts for select using (true);
${table('dormant')}
revoke update on public.dormant from anon, authenticated;
create policy "update" on public.dormant for update to authenticated using (true);
`,
  expect: [
    { object: 'policy update on public.orders', severity: 'blocker' },
    { object: 'policy delete on public.teams', severity: 'blocker' },
    { object: 'policy same on public.votes', severity: 'blocker' },
    { object: 'policy helped on public.likes', severity: 'blocker' },
    { object: 'policy read on public.api_keys', severity: 'high' },
    { object: 'policy read on public.profiles', severity: 'high' },
    { object: 'policy read on public.posts', severity: 'medium' },
    { object: 'policy update on public.dormant', severity: 'medium' },
  ],
} satisfies CheckFixture;
