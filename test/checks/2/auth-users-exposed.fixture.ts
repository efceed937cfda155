import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'auth-users-exposed',
  silent: `
    create table public.profiles (id uuid primary key, name text);
    create view public.people as select id, name from public.profiles;
    create view public.mine with (security_invoker = on) as select id, email from auth.users;
    create schema internal;
    create view internal.users as select id, email from auth.users;
    create view public.hidden as select id from auth.users;
    revoke all on public.hidden from anon, authenticated;
  `,
  defect: `
    create view public.members as select u.id, u.email, p.name from auth.users u join public.profiles p using (id);
    create view public.listed as select id, email from public.members;
    create view public.over_internal as select id, email from internal.users;
    create materialized view public.directory as select id, email from auth.users;
  `,
  expect: [
    { object: 'public.members', severity: 'blocker' },
    { object: 'public.listed', severity: 'blocker' },
    { object: 'public.over_internal', severity: 'blocker' },
    { object: 'public.directory', severity: 'blocker' },
  ],
} satisfies CheckFixture;
