import type { CheckFixture } from '../fixture.ts';

const job = (command: string) => ({
  name: 'clean',
  schedule: '17 3 * * *',
  command,
  database: 'shop',
  username: 'postgres',
  active: true,
  runs7d: 7,
  failed7d: 0,
  lastStatus: 'succeeded',
});

const owned = (bucket: string) => `
create policy "own ${bucket}" on storage.objects for insert to authenticated
  with check (bucket_id = '${bucket}' and (storage.foldername(name))[1] = (select auth.uid())::text);`;

const SILENT = `
create table public.profiles (id uuid primary key references auth.users on delete cascade, email text, name text);
create function public.welcome() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.profiles (id, email) values (new.id, new.email); return new; end $$;
create trigger welcome after insert on auth.users for each row execute function public.welcome();
-- Kept without the person: the key becomes NULL, the address is blanked.
create table public.orders (id bigint generated always as identity primary key, user_id uuid references auth.users on delete set null, email text, total numeric not null);
create function public.forget() returns trigger language plpgsql security definer set search_path = '' as $$
begin update public.orders set email = null where user_id = old.id; return old; end $$;
create trigger forget before delete on auth.users for each row execute function public.forget();
-- A name somewhere else, by its type.
create table public.mirrors (id bigint generated always as identity primary key, owner text not null);
-- Kept by law, and declared; emptied by a job; somebody else's address.
create table public.invoices (id bigint generated always as identity primary key, user_id uuid not null, email text not null);
create table public.visits (id bigint generated always as identity primary key, user_id uuid not null, at timestamptz);
create table public.invitations (id bigint generated always as identity primary key, invited_by uuid not null references auth.users on delete cascade, invited_email text);
-- A trail of every change that holds no person once the user is gone.
create table public.changes (id bigint generated always as identity primary key, actor uuid references auth.users on delete set null, relation text not null);
create function public.note() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.changes (actor, relation) values ((select id from auth.users where id = auth.uid()), tg_table_name); return null; end $$;
create trigger note after insert or update on public.orders for each row execute function public.note();
insert into storage.buckets (id, name) values ('avatars', 'avatars'), ('products', 'products');
${owned('avatars')}
`;

/** The server removes the files first: a row deleted by SQL would leave them. */
const DELETE_ACCOUNT = `
import { createClient } from 'npm:@supabase/supabase-js@2.45.0';
Deno.serve(async () => {
  const admin = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SECRET_KEY')!);
  const { data } = await admin.storage.from('avatars').list('x');
  await admin.storage.from('avatars').remove((data ?? []).map(({ name }) => name));
  await admin.auth.admin.deleteUser('x');
  return new Response('');
});
`;

const DEFECT = `
create table public.activity (id bigint generated always as identity primary key, user_id uuid not null, what text);
-- A row that only follows one which stays is no finding of its own.
create table public.members (id uuid primary key, email text);
create function public.join_in() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.members (id, email) values (new.id, new.email); return new; end $$;
create trigger join_in after insert on auth.users for each row execute function public.join_in();
create table public.posts (id bigint generated always as identity primary key, author_id uuid not null references public.members on delete cascade);
create table public.subscriptions (id bigint generated always as identity primary key, user_id uuid references auth.users on delete set null, billing_email text);
create table public.threads (id bigint generated always as identity primary key, participants uuid[] not null);
alter table public.threads enable row level security;
create policy "those in it" on public.threads for all to authenticated using ((select auth.uid()) = any (participants));
create table public.trail (id bigint generated always as identity primary key, before jsonb);
create function public.keep() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.trail (before) values (to_jsonb(old)); return old; end $$;
create trigger keep after delete on public.profiles for each row execute function public.keep();
create table public.reviews (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users on delete set null);
insert into storage.buckets (id, name) values ('documents', 'documents');
${owned('documents')}
`;

const FIXED = `
alter table public.activity add constraint activity_user_id_fkey foreign key (user_id) references auth.users on delete cascade;
alter table public.reviews drop constraint reviews_user_id_fkey;
alter table public.reviews add constraint reviews_user_id_fkey foreign key (user_id) references auth.users on delete cascade;
alter table public.notes alter user_id drop not null;
drop trigger keep on public.profiles;
delete from public.members where id not in (select id from auth.users);
alter table public.members add foreign key (id) references auth.users on delete cascade;
create or replace function public.forget() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.orders set email = null where user_id = old.id;
  update public.subscriptions set billing_email = null where user_id = old.id;
  update public.threads set participants = array_remove(participants, old.id) where old.id = any (participants);
  return old;
end $$;
drop policy "own documents" on storage.objects;
`;
const file = (at: number) => `supabase/migrations/2026010${at}000000_x.sql`;

export default {
  check: 'erasure-drill',
  silent: SILENT,
  defect: DEFECT,
  declared: { retention: { 'public.invoices': 'ten years, tax law' } },
  overlay: { silent: { cronJobs: [job("delete from public.visits where at < now() - interval '90 days'")] } },
  expect: [
    { object: 'public.activity', severity: 'high' },
    { object: 'public.members', severity: 'high' },
    { object: 'public.subscriptions', severity: 'high' },
    { object: 'public.threads', severity: 'high' },
    { object: 'public.trail', severity: 'high' },
    { object: 'constraint reviews_user_id_fkey on public.reviews', severity: 'high' },
    { object: 'public.notes.user_id', severity: 'high' },
    { object: 'bucket documents', severity: 'high' },
  ],
  repair: FIXED,
  repo: {
    silent: { [file(1)]: SILENT, 'supabase/functions/delete-account/index.ts': DELETE_ACCOUNT },
    defect: { [file(2)]: DEFECT },
    fixed: { [file(3)]: FIXED },
  },
} satisfies CheckFixture;
