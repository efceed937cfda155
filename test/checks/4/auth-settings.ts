/** A hosted project's sign-in settings as `GET /v1/projects/{ref}/config/auth` gives them, all as they should be. */
const RIGHT = {
  site_url: 'https://harbor.shop',
  uri_allow_list: 'https://harbor.shop/**,https://admin.harbor.shop/back,shop.harbor.app://signed-in',
  disable_signup: false,
  external_email_enabled: true,
  external_phone_enabled: false,
  external_anonymous_users_enabled: false,
  external_github_enabled: true,
  external_github_client_id: 'Iv1.0123',
  external_google_enabled: true,
  external_google_client_id: 'web.apps.example',
  external_google_additional_client_ids: 'ios.apps.example',
  external_discord_enabled: false,
  external_discord_client_id: '',
  mailer_autoconfirm: false,
  mailer_allow_unverified_email_sign_ins: false,
  mailer_otp_exp: 3600,
  mailer_otp_length: 6,
  mailer_secure_email_change_enabled: true,
  sms_otp_exp: 6000,
  password_min_length: 8,
  password_hibp_enabled: true,
  password_required_characters: 'abcdefghijklmnopqrstuvwxyz:0123456789',
  security_captcha_enabled: true,
  security_update_password_require_reauthentication: true,
  security_refresh_token_reuse_interval: 10,
  refresh_token_rotation_enabled: true,
  jwt_exp: 3600,
  sessions_timebox: 168,
  mfa_totp_verify_enabled: true,
  oauth_server_allow_dynamic_registration: false,
  hook_send_email_enabled: false,
  smtp_host: 'smtp.harbor.test',
  rate_limit_anonymous_users: 30,
  rate_limit_token_refresh: 1500,
  rate_limit_otp: 30,
  rate_limit_verify: 30,
  rate_limit_sms_sent: 30,
  rate_limit_email_sent: 30,
};

/** The facet `platformAuth`, with some settings otherwise; a setting of `undefined` is one that the API does not give. */
export function authSettings(otherwise: Record<string, string | number | boolean | null | undefined> = {}) {
  const settings = Object.fromEntries(
    Object.entries({ ...RIGHT, ...otherwise }).filter(([, value]) => value !== undefined),
  );
  return {
    platformAuth: { ref: 'abcdefghijklmnopqrst', settings, secretsSet: ['external_github_secret', 'smtp_pass'] },
  };
}
