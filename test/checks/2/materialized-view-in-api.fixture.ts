import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'materialized-view-in-api',
  silent: `
    create schema internal;
    create table public.orders (id int primary key, total numeric);
    create materialized view internal.totals as select sum(total) from public.orders;
    create materialized view public.kept as select sum(total) from public.orders;
    revoke all on public.kept from anon, authenticated;
    create materialized view public.ranking as select id from public.orders;
  `,
  defect: `create materialized view public.sales as select sum(total) as total from public.orders;`,
  expect: [{ object: 'public.sales', severity: 'high' }],
  declared: { publicTables: ['public.ranking'] },
} satisfies CheckFixture;
