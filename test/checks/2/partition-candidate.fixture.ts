import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'partition-candidate',
  silent: `
    create table public.notes (id int primary key);
    create table public.log (id int, at date) partition by range (at);
    create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01');
    -- as supabase_admin
    update pg_class set reltuples = 900000000 where oid in ('public.log'::regclass, 'public.log_2026'::regclass);
  `,
  // The planner's estimate stands in for sixty million rows.
  defect: `
    create table public.readings (id int primary key);
    create table public.hits (id int primary key);
    insert into public.hits values (1);
    -- as supabase_admin
    update pg_class set reltuples = 60000000 where oid = 'public.readings'::regclass;
    update pg_class set reltuples = 20000000 where oid = 'public.hits'::regclass;
  `,
  expect: [
    { object: 'public.readings', severity: 'medium' },
    { object: 'public.hits', severity: 'low' },
  ],
  repair: `drop table public.readings, public.hits;`,
} satisfies CheckFixture;
