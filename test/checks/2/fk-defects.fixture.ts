import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fk-defects',
  silent: `
    create domain public.short as text;
    create table public.a (id int primary key, code varchar(20) unique, name text unique, big bigint unique, stamp timestamp unique);
    create table public.b (a_id bigint references public.a (id), code text references public.a (code), name public.short references public.a (name), big bigint references public.a (big));
  `,
  defect: `
    create table public.c (big int constraint c_big references public.a (big), day date constraint c_day references public.a (stamp), a_id int);
    insert into public.a values (1, 'x', 'x', 1, now());
    alter table public.c add constraint c_a foreign key (a_id) references public.a (id) not valid;
  `,
  expect: [
    { object: 'constraint c_big on public.c', severity: 'high' },
    { object: 'constraint c_day on public.c', severity: 'medium' },
    { object: 'constraint c_a on public.c', severity: 'high' },
  ],
} satisfies CheckFixture;
