import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fk-orphans',
  silent: `
    create table public.orders (id int primary key);
    insert into public.orders values (1);
    create table public.items (id int primary key, order_id int);
    insert into public.items values (1, 1), (2, null);
  `,
  defect: `
    insert into public.items values (3, 7);
    create table public.payments (id int primary key, order_id int);
    insert into public.payments values (1, 8), (2, 9), (3, 1);
    alter table public.payments add constraint payments_order foreign key (order_id) references public.orders (id) not valid;
  `,
  expect: [
    { object: 'public.items.order_id', severity: 'high' },
    { object: 'public.payments.order_id', severity: 'blocker' },
  ],
  repair: `
    delete from public.items where order_id = 7;
    delete from public.payments where order_id in (8, 9);
  `,
} satisfies CheckFixture;
