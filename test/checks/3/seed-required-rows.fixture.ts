import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'seed-required-rows',
  silent: `
    create table public.plans (id int primary key, name text);
    insert into public.plans values (1, 'free'), (2, 'pro');
  `,
  defect: `delete from public.plans where id = 2;`,
  expect: [{ object: 'public.plans', severity: 'high' }],
  repair: `insert into public.plans values (2, 'pro');`,
  declared: { seed: [{ table: 'public.plans', where: null, min: 2 }] },
} satisfies CheckFixture;
