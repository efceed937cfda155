import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'pg-graphql-exposed',
  silent: `create table public.notes (id int primary key);`,
  defect: '',
  expect: [
    { object: 'role anon', severity: 'medium' },
    { object: 'role authenticated', severity: 'medium' },
  ],
  repair: '',
  // pg_graphql cannot be built for the test server.
  silentStatus: 'not-applicable',
  overlay: {
    defect: {
      extensions: [
        {
          name: 'pg_graphql',
          version: '1.5.11',
          defaultVersion: '1.5.11',
          schema: 'graphql',
          relocatable: false,
          shim: false,
        },
      ],
    },
    fixed: { extensions: [] },
  },
} satisfies CheckFixture;
