/*
 * Which fields of `GET /v1/projects/{ref}/config/auth` are kept (names of the OpenAPI document). Templates of mails and
 * messages, allow lists of persons and whatever is not named here are left where they are.
 */

/** Settings that say how people sign up and in, and how their sessions and keys are kept. */
export const AUTH_SETTINGS =
  /^(site_url|uri_allow_list|disable_signup|jwt_exp|api_max_request_duration|refresh_token_rotation_enabled|external_[a-z0-9_]+|hook_[a-z_]+_(enabled|uri)|mailer_(autoconfirm|allow_unverified_email_sign_ins|otp_exp|otp_length|secure_email_change_enabled)|mfa_[a-z_]+|oauth_server_[a-z_]+|password_[a-z_]+|rate_limit_[a-z0-9_]+|saml_enabled|security_[a-z_]+|sessions_[a-z_]+|sms_(autoconfirm|max_frequency|otp_exp|otp_length|provider)|smtp_(admin_email|host|max_frequency|port|sender_name))$/;

/** Fields that hold a secret: only whether they are set is kept. */
export const AUTH_SECRETS = /(_secrets?|_pass|_password|_token|_key|_auth_token|sms_test_otp)$/;
