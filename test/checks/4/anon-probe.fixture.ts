import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

const USER = `'00000000-0000-4000-8000-00000000000a'`;

export default {
  check: 'anon-probe',
  api: { users: [] },
  silent: `${expose('public')}${GUARDED_NOTES}
insert into auth.users (id, email) values (${USER}, 'a@example.test');
insert into public.notes (user_id, body) values (${USER}, 'mine');
create table public.countries (code text primary key, name text);
insert into public.countries values ('ch', 'Switzerland');
create table public.articles (id int primary key, title text, published boolean not null);
insert into public.articles values (1, 'Hello', true);
alter table public.articles enable row level security;
create policy "published ones" on public.articles for select using (published);
create view public.headlines with (security_invoker = on) as select id, title from public.articles;
create table public.empty_yet (id int primary key);
create table public.circle (id int primary key);
alter table public.circle enable row level security;
create policy "itself" on public.circle for select using (exists (select from public.circle c where c.id = circle.id));
-- as supabase_admin
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('papers', 'papers', false);
insert into storage.objects (bucket_id, name) values ('avatars', 'a.png'), ('papers', 'contract.pdf');
create policy "avatars are listed" on storage.objects for select to anon using (bucket_id = 'avatars');
`,
  declared: { publicTables: ['public.countries'] },
  defect: `
create table public.orders (id int primary key, user_id uuid, total numeric);
insert into public.orders values (1, ${USER}, 10);
create view public.all_notes as select body from public.notes;
create table public.staff (id int primary key, name text, salary numeric);
insert into public.staff values (1, 'Ada', 1);
revoke all on public.staff from anon, authenticated;
grant select (id, name) on public.staff to anon;
-- as supabase_admin
create policy "papers too" on storage.objects for select to anon using (bucket_id = 'papers');
`,
  expect: [
    { object: 'public.orders', severity: 'blocker' },
    { object: 'public.all_notes', severity: 'blocker' },
    { object: 'public.staff', severity: 'blocker' },
    { object: 'bucket papers', severity: 'blocker' },
  ],
  decided: `
-- as supabase_admin
drop policy "papers too" on storage.objects;
`,
} satisfies CheckFixture;
