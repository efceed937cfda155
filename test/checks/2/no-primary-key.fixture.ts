import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'no-primary-key',
  silent: `
    create table public.notes (id int primary key);
    create table public.log (id int, at date, primary key (id, at)) partition by range (at);
    create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01');
    create view public.v as select 1 as one;
    create table public.schema_migrations (version text);
  `,
  defect: `
    create table public.rooms (id int primary key);
    create table public.people (id int primary key);
    create table public.rooms_people (room_id int not null references public.rooms (id), person_id int not null references public.people (id));
    create table public.codes (code text not null unique, label text);
    create table public.slugs (slug text not null);
    create unique index slugs_slug on public.slugs (slug);
    create table public.readings (value int);
    create table public.with_id (id uuid, value int);
    create table public.events (at date, kind text) partition by range (at);
    create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
    create table public.live (value int);
    -- as supabase_admin
    alter publication supabase_realtime add table public.live;
  `,
  expect: [
    { object: 'public.rooms_people', severity: 'medium' },
    { object: 'public.codes', severity: 'medium' },
    { object: 'public.slugs', severity: 'medium' },
    { object: 'public.readings', severity: 'medium' },
    { object: 'public.with_id', severity: 'medium' },
    { object: 'public.events', severity: 'medium' },
    { object: 'public.live', severity: 'high' },
  ],
} satisfies CheckFixture;
