import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'schema-inventory',
  silent: `
    create schema internal;
    create table public.notes (id uuid primary key);
    create view public.recent as select id from public.notes;
    create function public.f() returns int language sql as 'select 1';
    -- as supabase_admin
    create function public.on_user() returns trigger language plpgsql as 'begin return new; end';
    create trigger on_user after insert on auth.users for each row execute function public.on_user();
    alter function public.on_user() owner to postgres;
  `,
  defect: `
    -- as supabase_admin
    create schema app authorization authenticated;
    create table public.sessions (id uuid primary key);
    alter table public.sessions owner to anon;
    create function public.g(a int) returns int language sql as 'select a';
    alter function public.g(int) owner to service_role;
    create table storage.thumbnails (id uuid primary key);
    alter table storage.thumbnails owner to postgres;
  `,
  expect: [
    { object: 'app.app', severity: 'blocker' },
    { object: 'public.sessions', severity: 'blocker' },
    { object: 'public.g(a integer)', severity: 'blocker' },
    { object: 'storage.thumbnails', severity: 'medium' },
  ],
  repair: `
    -- as supabase_admin
    alter schema app owner to postgres;
    alter table public.sessions owner to postgres;
    alter function public.g(int) owner to postgres;
    drop table storage.thumbnails;
  `,
} satisfies CheckFixture;
