import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'extension-in-public',
  silent: `create extension hstore with schema extensions;`,
  defect: `create extension pg_trgm with schema public;`,
  expect: [{ object: 'extension pg_trgm', severity: 'low' }],
} satisfies CheckFixture;
