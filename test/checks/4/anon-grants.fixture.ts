import type { CheckFixture } from '../fixture.ts';
import { expose } from './expose.ts';

export default {
  check: 'anon-grants',
  silent: `${expose('public')}
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
create table public.contact (id int primary key, email text);
alter table public.contact enable row level security;
grant insert on public.contact to anon;
create policy "anybody writes to us" on public.contact for insert to anon with check (email <> '');
create table public.notes (id bigint generated always as identity primary key);
alter table public.notes enable row level security;
grant select on public.notes to anon;
create function public.nearest(n int) returns bigint language sql as $$ select count(*) from public.notes where id < n $$;
create function public.slug(title text) returns text language sql immutable as $$ select lower(title) $$;
`,
  defect: `
grant insert, delete on public.notes to anon;
grant truncate on public.notes to anon;
grant usage, update on sequence public.notes_id_seq to anon;
create function public.touch(id int) returns void language sql as $$ delete from public.notes where notes.id = touch.id $$;
`,
  expect: [
    { object: 'schema public', severity: 'medium' },
    { object: 'schema public', severity: 'high' },
    { object: 'schema public', severity: 'low' },
    { object: 'schema public', severity: 'medium' },
  ],
} satisfies CheckFixture;
