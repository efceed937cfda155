import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'pg-graphql-exposed',
  silent: `create table public.notes (id int primary key); grant select on public.notes to anon, authenticated;`,
  // A stand-in on the test server, as in a replay: the real one is where the project runs.
  defect: 'create extension pg_graphql;',
  expect: [
    { object: 'role anon', severity: 'medium' },
    { object: 'role authenticated', severity: 'medium' },
  ],
  silentStatus: 'not-applicable',
} satisfies CheckFixture;
