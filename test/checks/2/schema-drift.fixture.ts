import type { CheckFixture } from '../fixture.ts';

const FILE = 'supabase/migrations/20260101000000_init.sql';
const INIT = `
create table public.notes (id bigint generated always as identity primary key, title text);
alter table public.notes add column owner uuid references auth.users on delete cascade;
alter table public.notes alter column title set not null;
alter table public.notes enable row level security;
create policy "own notes" on public.notes for all to authenticated using ((select auth.uid()) = owner);
create function public.touch() returns trigger language plpgsql as $$
begin
  return new;
end
$$;
create trigger notes_touch before update on public.notes for each row execute function public.touch();
create view public.titles with (security_invoker = on) as select n.id, n.title from public.notes n;
insert into storage.buckets (id, name, public) values ('files', 'files', false);
`;

export default {
  check: 'schema-drift',
  ownServer: true,
  // The same by another way: columns in another order, another spelling, what Supabase and tools make themselves.
  silent: `
    create table public.notes (id bigint generated always as identity, owner uuid, title text not null,
      constraint notes_pkey primary key (id),
      constraint notes_owner_fkey foreign key (owner) references auth.users (id) on delete cascade);
    alter table public.notes enable row level security;
    create policy "own notes" on public.notes to authenticated using ((SELECT auth.uid()) = (owner));
    create function public.touch() returns trigger language plpgsql as E'\\r\\nbegin\\r\\n  return new;\\r\\nend\\r\\n';
    create trigger notes_touch before update on public.notes for each row execute procedure public.touch();
    create view public.titles with (security_invoker = true) as select id, title from notes;
    insert into storage.buckets (id, name, public) values ('files', 'files', false);
    create table public._prisma_migrations (id text);
    -- as supabase_admin
    alter table auth.users add column newer_than_our_baseline text;
    create index newer_idx on auth.users (created_at);
    create function auth.newer() returns int language sql as 'select 1';
    alter function auth.newer() owner to supabase_auth_admin;
    comment on table storage.objects is 'another version';
    alter role supabase_auth_admin set statement_timeout = '5min';
    alter role authenticator set pgrst.db_schemas = 'public';
    drop event trigger pgrst_ddl_watch;
  `,
  // Both hold rows, so their finding offers no SQL that drops them.
  decided: 'alter table public.notes drop column by_hand; drop table public.made_by_hand',
  defect: `
    alter table public.notes add column by_hand integer default 1;
    alter table public.notes disable row level security;
    alter policy "own notes" on public.notes using (true);
    grant execute on function public.touch() to supabase_read_only_user;
    alter table public.notes disable trigger notes_touch;
    create index notes_title_idx on public.notes (title);
    comment on table public.notes is 'x';
    create policy "all files" on storage.objects for select to anon using (bucket_id = 'files');
    create table public.made_by_hand (id integer primary key);
    update storage.buckets set public = true where id = 'files';
    alter default privileges in schema public grant truncate on tables to supabase_read_only_user;
  `,
  expect: [
    { object: 'public.notes.by_hand', severity: 'high' },
    { object: 'public.notes', severity: 'blocker', at: `${FILE}:5` },
    { object: 'public.notes', severity: 'low' },
    { object: 'policy "own notes" on public.notes', severity: 'blocker', at: `${FILE}:6` },
    { object: 'public.touch()', severity: 'blocker', at: `${FILE}:7` },
    { object: 'trigger notes_touch on public.notes', severity: 'high', at: `${FILE}:12` },
    { object: 'index notes_title_idx on public.notes', severity: 'high' },
    { object: 'policy "all files" on storage.objects', severity: 'blocker' },
    { object: 'public.made_by_hand', severity: 'high' },
    { object: 'storage.files', severity: 'blocker', at: `${FILE}:14` },
    { object: 'default privileges of tables in public', severity: 'blocker' },
  ],
  repo: { silent: { [FILE]: INIT } },
} satisfies CheckFixture;
