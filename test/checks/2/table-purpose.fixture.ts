import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'table-purpose',
  silent: `
    create table public.notes (id int primary key);
    comment on table public.notes is 'What a user jots down.';
    create table public._prisma_migrations (id text primary key);
    create table public.log (id int, at date) partition by range (at);
    comment on table public.log is 'Events by month.';
    create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01');
  `,
  defect: `
    create table public.profiles (id uuid primary key references auth.users (id) on delete cascade);
    create table public.leads (id int primary key, full_name text);
  `,
  expect: [
    { object: 'public.profiles', severity: 'low' },
    { object: 'public.leads', severity: 'low' },
  ],
  repair: `
    comment on table public.profiles is 'One row a user.';
    comment on table public.leads is 'People who asked for an offer.';
  `,
} satisfies CheckFixture;
