import type { CheckFixture } from '../fixture.ts';

const config = `project_id = "harbor"

[api]
schemas = ["public", "graphql_public"]
max_rows = 1000

[auth]
site_url = "http://localhost:3000"
additional_redirect_urls = ["https://harbor.shop/back", "https://harbor.shop/"]
jwt_expiry = 3600
enable_signup = false
password_requirements = "letters_digits"

[auth.email]
enable_confirmations = true
max_frequency = "1m0s"

[auth.email.smtp]
enabled = false
host = "smtp.elsewhere.test"

[auth.sms]
enable_signup = true

[auth.sms.twilio]
enabled = false

[auth.external.github]
enabled = true
client_id = "env(GITHUB_ID)"
secret = "env(GITHUB_SECRET)"

[storage]
file_size_limit = "50MiB"

[functions.open]
verify_jwt = false

[remotes.production]
project_id = "abcdefghijklmnopqrst"

[remotes.production.auth]
site_url = "https://harbor.shop"
`;

const platformAuth = {
  ref: 'abcdefghijklmnopqrst',
  settings: {
    site_url: 'https://harbor.shop',
    uri_allow_list: 'https://harbor.shop/,https://harbor.shop/back',
    jwt_exp: 3600,
    disable_signup: true,
    password_required_characters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:0123456789',
    mailer_autoconfirm: false,
    smtp_max_frequency: 60,
    external_phone_enabled: false,
    smtp_host: 'smtp.harbor.test',
    external_github_enabled: true,
    external_github_client_id: 'Iv1.0123',
  },
  secretsSet: ['external_github_secret'],
};
const platformPostgrest = { schemas: ['graphql_public', 'public'], extraSearchPath: ['extensions'], maxRows: 1000 };
const platformStorage = { fileSizeLimit: 52428800 };
const platformFunctions = [
  { slug: 'hello', status: 'ACTIVE', version: 3, verifyJwt: true },
  { slug: 'open', status: 'ACTIVE', version: 1, verifyJwt: false },
  { slug: 'gone', status: 'REMOVED', version: 1, verifyJwt: false },
];
const agreed = { platformAuth, platformPostgrest, platformStorage, platformFunctions };

/** How the settings are read is tested against an HTTP server in test/platform; here: what they come to. */
export default {
  check: 'config-drift',
  silent: '',
  defect: '',
  repo: { silent: { 'supabase/config.toml': config } },
  expect: [
    { object: 'setting auth.site_url', severity: 'high' },
    { object: 'setting auth.enable_signup', severity: 'high' },
    { object: 'setting auth.email.enable_confirmations', severity: 'high' },
    { object: 'setting auth.email.max_frequency', severity: 'medium' },
    { object: 'setting api.schemas', severity: 'high' },
    { object: 'setting storage.file_size_limit', severity: 'medium' },
    { object: 'setting functions.hello.verify_jwt', severity: 'high' },
  ],
  repair: '',
  overlay: {
    silent: agreed,
    defect: {
      platformAuth: {
        ...platformAuth,
        settings: {
          ...platformAuth.settings,
          site_url: 'https://old.harbor.shop',
          disable_signup: false,
          mailer_autoconfirm: true,
          smtp_max_frequency: 1,
        },
      },
      platformPostgrest: { ...platformPostgrest, schemas: ['graphql_public', 'private', 'public'] },
      platformStorage: { fileSizeLimit: 1024 },
      platformFunctions: [{ slug: 'hello', status: 'ACTIVE', version: 4, verifyJwt: false }],
    },
    fixed: agreed,
  },
} satisfies CheckFixture;
