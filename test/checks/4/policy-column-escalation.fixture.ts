import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const table = (name: string) => `
create table public.${name} (id uuid primary key references auth.users (id), display_name text, role text not null default 'user', credits int not null default 0);
alter table public.${name} enable row level security;`;

export default {
  check: 'policy-column-escalation',
  silent: `${expose('public')}${GUARDED_NOTES}
${table('checked')}
create policy "own" on public.checked for update to authenticated using ((select auth.uid()) = id) with check ((select auth.uid()) = id and role = 'user' and credits = 0);
${table('granted')}
revoke update on public.granted from anon, authenticated;
grant update (display_name) on public.granted to authenticated;
create policy "own" on public.granted for update to authenticated using ((select auth.uid()) = id);
${table('triggered')}
create policy "own" on public.triggered for update to authenticated using ((select auth.uid()) = id);
create function public.keep_rights() returns trigger language plpgsql set search_path = '' as $$
begin
  if new.role is distinct from old.role then raise exception 'no'; end if;
  new.credits := old.credits;
  return new;
end $$;
create trigger keep_rights before update on public.triggered for each row execute function public.keep_rights();
create table public.messages (id int primary key, user_id uuid references auth.users (id), role text, body text);
alter table public.messages enable row level security;
create policy "own" on public.messages for update to authenticated using ((select auth.uid()) = user_id);
create table public.tenants (id int primary key, user_id uuid, tenant_id uuid, name text);
alter table public.tenants enable row level security;
create policy "own tenant" on public.tenants for update to authenticated using ((select auth.uid()) = user_id and tenant_id = ((auth.jwt() -> 'app_metadata' ->> 'tenant')::uuid));
`,
  defect: `
${table('profiles')}
create policy "own" on public.profiles for update to authenticated using ((select auth.uid()) = id);
create table public.files (id int primary key, owner_id uuid, tenant_id uuid, name text);
alter table public.files enable row level security;
create policy "own" on public.files for all using (auth.uid() = owner_id);
`,
  expect: [
    { object: 'public.profiles', severity: 'blocker' },
    { object: 'public.files', severity: 'blocker' },
  ],
} satisfies CheckFixture;
