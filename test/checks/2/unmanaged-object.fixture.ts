import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'unmanaged-object',
  silent: `
    create table public.notes (id int primary key, at date) ;
    create table public.log (id int, at date) partition by range (at);
    create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01');
    create function public.f() returns int language sql as 'select 1';
    create table public._prisma_migrations (id text);
    create extension hstore with schema public;
  `,
  defect: `
    create table public.by_hand (id int primary key);
    create view public.v as select id from public.notes;
    create function public.g(a int) returns int language sql as 'select a';
  `,
  expect: [
    { object: 'public.by_hand', severity: 'high' },
    { object: 'public.v', severity: 'high' },
    { object: 'public.g(a integer)', severity: 'high' },
  ],
  repair: '',
  repo: {
    silent: {
      'supabase/migrations/20260101000000_init.sql': `
        create table notes (id int primary key, at date);
        create table public.log (id int, at date) partition by range (at);
        create function f() returns int language sql as 'select 1';
      `,
    },
    fixed: {
      'supabase/migrations/20260102000000_more.sql': `
        create table by_hand (id int primary key);
        create view v as select id from notes;
        create function g(a int) returns int language sql as 'select a';
      `,
    },
  },
} satisfies CheckFixture;
