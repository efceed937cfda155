import type { CheckFixture } from '../fixture.ts';

const count = (table: string, now: number, previous: number) => ({
  schema: 'public',
  table,
  count: now,
  exact: true,
  previous,
  error: null,
});

export default {
  check: 'row-counts',
  silent: '',
  defect: '',
  expect: [{ object: 'public.orders', severity: 'high' }],
  repair: '',
  // There is no earlier audit of a test database.
  overlay: {
    silent: {
      rowCounts: [
        count('orders', 1000, 1010),
        count('carts', 10, 90),
        { ...count('hits', 1_500_000, 2_000_000), exact: false },
      ],
    },
    defect: { rowCounts: [count('orders', 700, 1000), count('carts', 100, 90)] },
    fixed: { rowCounts: [count('orders', 1000, 1000)] },
  },
} satisfies CheckFixture;
