import type { CheckFixture } from '../fixture.ts';
import { expose } from './expose.ts';

export default {
  check: 'default-acl',
  silent: `${expose('public', 'storage', 'graphql_public')}
-- as supabase_admin
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated;
alter default privileges for role postgres in schema public revoke all on sequences from anon, authenticated;
alter default privileges for role postgres in schema public revoke all on functions from anon, authenticated;
`,
  defect: `
alter default privileges for role postgres in schema public grant select on tables to anon;
alter default privileges for role postgres grant usage on sequences to authenticated;
`,
  expect: [
    { object: 'default privileges of postgres in schema public on tables', severity: 'medium' },
    { object: 'default privileges of postgres in every schema on sequences', severity: 'medium' },
  ],
} satisfies CheckFixture;
