import type { CheckFixture } from '../fixture.ts';

const names = [
  'fixture_reader',
  'fixture_reports',
  'fixture_batch',
  'fixture_group',
  'fixture_known',
  'fixture_claim',
] as const;
const [reader, reports, batch, group, known, claim] = names;

/*
 * Roles belong to the whole server, so this case has one of its own.
 */
export default {
  check: 'role-audit',
  ownServer: true,
  silent: `
-- as supabase_admin
drop role if exists ${names.join(', ')};
create role ${reader};
create role ${known} login;
grant ${known} to authenticator;
`,
  parameters: { knownRoles: [known, 'supaready_reader'] },
  defect: `
-- as supabase_admin
create role ${reports} login;
create role ${batch} bypassrls;
create role ${group};
grant ${group} to authenticated;
create role ${claim};
grant ${claim} to authenticator;
`,
  expect: [
    { object: `role ${reports}`, severity: 'medium' },
    { object: `role ${reports}`, severity: 'low' },
    { object: `role ${batch}`, severity: 'high' },
    { object: 'role authenticated', severity: 'blocker' },
    { object: 'role authenticator', severity: 'blocker' },
  ],
  repair: `
-- as supabase_admin
revoke ${group} from authenticated;
revoke ${claim}, ${known} from authenticator;
drop role ${names.join(', ')};
`,
} satisfies CheckFixture;
