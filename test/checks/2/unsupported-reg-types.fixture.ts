import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'unsupported-reg-types',
  silent: `create table public.catalogue (id int primary key, kind regclass, owner regrole, type regtype);`,
  defect: `create table public.hooks (id int primary key, handler regproc, handlers regprocedure[]);`,
  expect: [
    { object: 'public.hooks.handler', severity: 'medium' },
    { object: 'public.hooks.handlers', severity: 'medium' },
  ],
} satisfies CheckFixture;
