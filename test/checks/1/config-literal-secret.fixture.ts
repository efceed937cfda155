import type { CheckFixture } from '../fixture.ts';

const toml = (secret: string) =>
  `project_id = "x"\n[auth.email.smtp]\nhost = "smtp.example.com"\npass = "env(SMTP_PASS)"\n[auth.external.google]\nclient_id = "abc"\nsecret = "${secret}"\n[auth.sms.twilio]\nauth_token = ""\n`;

export default {
  check: 'config-literal-secret',
  silent: '',
  defect: '',
  repo: {
    silent: { 'supabase/config.toml': toml('env(GOOGLE_SECRET)') },
    defect: { 'supabase/config.toml': toml('GOCSPX-literal') },
    fixed: { 'supabase/config.toml': toml('env(GOOGLE_SECRET)') },
  },
  expect: [{ object: 'file supabase/config.toml', severity: 'high' }],
  repair: '',
} satisfies CheckFixture;
