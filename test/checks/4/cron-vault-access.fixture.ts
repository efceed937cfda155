import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'cron-vault-access',
  silent: `
-- as supabase_admin
create schema if not exists cron;
revoke all on schema cron from public, anon, authenticated;
`,
  defect: `
-- as supabase_admin
grant usage on schema cron to authenticated;
grant select (decrypted_secret) on vault.decrypted_secrets to anon;
`,
  expect: [
    { object: 'schema cron', severity: 'high' },
    { object: 'vault.decrypted_secrets', severity: 'blocker' },
  ],
  // Both belong to supabase_admin.
  repair: `
-- as supabase_admin
revoke usage on schema cron from public, anon, authenticated;
revoke select on vault.decrypted_secrets from public, anon, authenticated;
revoke select (decrypted_secret) on vault.decrypted_secrets from anon;
`,
} satisfies CheckFixture;
