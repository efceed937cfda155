import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'extension-versions-outdated',
  silent: `create extension hstore with schema extensions;`,
  defect: `create extension pg_trgm with schema extensions version '1.4';`,
  expect: [{ object: 'extension pg_trgm', severity: 'low' }],
} satisfies CheckFixture;
