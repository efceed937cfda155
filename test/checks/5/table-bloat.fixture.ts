import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'table-bloat',
  silent: `
    create table public.notes (id bigint primary key, n bigint);
    insert into public.notes select n, n from generate_series(1, 60000) n;
    create table public.files (id bigint primary key, body text);
    alter table public.files alter column body set storage external;
    insert into public.files select n, repeat('x', 4000) from generate_series(1, 800) n;
    analyze public.notes, public.files;
  `,
  defect: `
    create table public.carts (id bigint primary key, n bigint) with (autovacuum_enabled = off);
    insert into public.carts select n, n from generate_series(1, 80000) n;
    delete from public.carts where id > 20000;
    analyze public.carts;
  `,
  expect: [{ object: 'public.carts', severity: 'medium' }],
  parameters: { minMegabytes: 2 },
} satisfies CheckFixture;
