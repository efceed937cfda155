import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'seed-required-rows',
  silent: `
    create table public.plans (id int primary key, name text);
    create table public."feature flags" (key text primary key, enabled boolean);
    insert into public."feature flags" values ('a', true), ('b', false);
    insert into public.plans values (1, 'free'), (2, 'pro');
  `,
  defect: `delete from public.plans where id = 2; update public."feature flags" set enabled = false;`,
  expect: [
    { object: 'public.plans', severity: 'high' },
    { object: 'public.plans', severity: 'high' },
    { object: 'public."feature flags"', severity: 'high' },
  ],
  repair: `insert into public.plans values (2, 'pro'); update public."feature flags" set enabled = key = 'a';`,
  declared: {
    seed: [
      { table: 'public.plans', where: null, min: 2 },
      { table: 'plans', where: "name = 'pro' -- the paid one", min: 1 },
      { table: 'public."feature flags"', where: 'enabled', min: 1 },
    ],
  },
} satisfies CheckFixture;
