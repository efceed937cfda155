import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'unindexed-foreign-keys',
  silent: `
    create table public.orders (id int primary key, shop int, unique (shop, id));
    create table public.items (id int primary key, order_id int references public.orders (id), note_id int references public.orders (id), shop int, ref int,
      foreign key (shop, ref) references public.orders (shop, id));
    create index on public.items (order_id, id);
    create index on public.items (note_id) where note_id is not null;
    create index on public.items (ref, shop);
    create table public.log (id int, at date, order_id int references public.orders (id)) partition by range (at);
    create index on public.log (order_id);
    create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01');
  `,
  defect: `
    create table public.payments (id int primary key, order_id int constraint p_order references public.orders (id), open boolean, b int);
    create index on public.payments (order_id) where open;
    create index on public.payments (b, order_id);
    create table public.hits (id int primary key, order_id int constraint h_order references public.orders (id));
    insert into public.hits (id) select generate_series(1, 12000);
    analyze public.hits;
    create table public.visits (id int, at date, order_id int constraint v_order references public.orders (id)) partition by range (at);
    create table public.visits_2026 partition of public.visits for values from ('2026-01-01') to ('2027-01-01');
  `,
  expect: [
    { object: 'constraint p_order on public.payments', severity: 'low' },
    { object: 'constraint h_order on public.hits', severity: 'medium' },
    { object: 'constraint v_order on public.visits', severity: 'low' },
  ],
} satisfies CheckFixture;
