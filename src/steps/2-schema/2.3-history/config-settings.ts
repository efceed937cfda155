import type { Facts } from '../../../core/facts.ts';
import { bytesOf, phoneSignIn } from '../../lib/config-values.ts';

type Setting = string | number | boolean | null;
type Toml = Readonly<Record<string, unknown>>;

/** One setting of config.toml and what it is in the Management API. */
export interface ConfigSetting {
  /** Dotted path in config.toml. */
  path: string;
  /** Its field in `config/auth`, or how it is named elsewhere in the API. */
  field: string;
  /** Somebody gains access when it is looser than meant. */
  security: boolean;
  /** The value of config.toml as the API would have it; undefined when it cannot be compared. */
  wanted: Setting | undefined;
  live: Setting;
}

type Convert = (value: unknown, config?: Toml) => Setting | undefined;

const asIs: Convert = (value) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
const negated: Convert = (value) => (typeof value === 'boolean' ? !value : undefined);
const asText: Convert = (value) => (value === undefined ? undefined : String(value));

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** Go's duration text (`1m30s`, `24h`) in seconds. */
const inSeconds: Convert = (value) => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?[hms])+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+(?:\.\d+)?)([hms])/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (SECONDS[unit ?? ''] ?? 0),
    0,
  );
};

/** A list as the API keeps it: comma-separated, in any order. */
const asList: Convert = (value) =>
  Array.isArray(value) ? [...new Set(value.map(String))].sort().join(',') : undefined;

/** Local addresses are what a laptop needs; no deployment takes them over. */
const hosted: Convert = (value) =>
  typeof value === 'string' && !/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])/.test(value) ? value : undefined;
const hostedList: Convert = (value) =>
  Array.isArray(value) && value.every((url) => hosted(url) !== undefined) ? asList(value) : undefined;

const byPhone: Convert = (_value, config = {}) => phoneSignIn(at(config, 'auth.sms'));

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const SYMBOLS = '!@#$%^&*()_+-=[]{};\'\\\\:"|<>?,./`~';

/** What each word of `password_requirements` is in the API: groups of characters of which one each must occur. */
const PASSWORD_CHARACTERS: Readonly<Record<string, string>> = {
  '': '',
  letters_digits: `${LOWER}${UPPER}:${DIGITS}`,
  lower_upper_letters_digits: `${LOWER}:${UPPER}:${DIGITS}`,
  lower_upper_letters_digits_symbols: `${LOWER}:${UPPER}:${DIGITS}:${SYMBOLS}`,
};
const asCharacters: Convert = (value) => (typeof value === 'string' ? PASSWORD_CHARACTERS[value] : undefined);

/** config.toml path, API field, whether security hangs on it, conversion. Source: config reference of the Supabase CLI, OpenAPI document of the Management API. */
export const AUTH_CONFIG: readonly (readonly [path: string, field: string, security: boolean, convert?: Convert])[] = [
  ['auth.site_url', 'site_url', true, hosted],
  ['auth.additional_redirect_urls', 'uri_allow_list', true, hostedList],
  ['auth.jwt_expiry', 'jwt_exp', true],
  ['auth.enable_signup', 'disable_signup', true, negated],
  ['auth.enable_anonymous_sign_ins', 'external_anonymous_users_enabled', true],
  ['auth.enable_manual_linking', 'security_manual_linking_enabled', false],
  ['auth.enable_refresh_token_rotation', 'refresh_token_rotation_enabled', true],
  ['auth.refresh_token_reuse_interval', 'security_refresh_token_reuse_interval', false],
  ['auth.minimum_password_length', 'password_min_length', true],
  ['auth.password_requirements', 'password_required_characters', true, asCharacters],
  ['auth.email.enable_signup', 'external_email_enabled', true],
  ['auth.email.double_confirm_changes', 'mailer_secure_email_change_enabled', true],
  ['auth.email.enable_confirmations', 'mailer_autoconfirm', true, negated],
  ['auth.email.secure_password_change', 'security_update_password_require_reauthentication', true],
  ['auth.email.otp_length', 'mailer_otp_length', false],
  ['auth.email.otp_expiry', 'mailer_otp_exp', false],
  ['auth.email.max_frequency', 'smtp_max_frequency', false, inSeconds],
  ['auth.email.smtp.host', 'smtp_host', false],
  ['auth.email.smtp.port', 'smtp_port', false, asText],
  ['auth.email.smtp.admin_email', 'smtp_admin_email', false],
  ['auth.email.smtp.sender_name', 'smtp_sender_name', false],
  ['auth.sms.enable_signup', 'external_phone_enabled', true, byPhone],
  ['auth.sms.enable_confirmations', 'sms_autoconfirm', true, negated],
  ['auth.sms.max_frequency', 'sms_max_frequency', false, inSeconds],
  ['auth.mfa.max_enrolled_factors', 'mfa_max_enrolled_factors', false],
  ['auth.mfa.totp.enroll_enabled', 'mfa_totp_enroll_enabled', true],
  ['auth.mfa.totp.verify_enabled', 'mfa_totp_verify_enabled', true],
  ['auth.mfa.phone.enroll_enabled', 'mfa_phone_enroll_enabled', false],
  ['auth.mfa.phone.verify_enabled', 'mfa_phone_verify_enabled', false],
  ['auth.captcha.enabled', 'security_captcha_enabled', true],
  ['auth.captcha.provider', 'security_captcha_provider', false],
  ['auth.rate_limit.email_sent', 'rate_limit_email_sent', false],
  ['auth.rate_limit.sms_sent', 'rate_limit_sms_sent', false],
  ['auth.rate_limit.anonymous_users', 'rate_limit_anonymous_users', false],
  ['auth.rate_limit.token_refresh', 'rate_limit_token_refresh', false],
  ['auth.rate_limit.sign_in_sign_ups', 'rate_limit_otp', false],
  ['auth.rate_limit.token_verifications', 'rate_limit_verify', false],
  ['auth.rate_limit.web3', 'rate_limit_web3', false],
];

/** Parts that say nothing while they are switched off. */
const SWITCHES = ['auth', 'auth.email.smtp', 'auth.captcha'];

export const HOOKS = [
  'custom_access_token',
  'mfa_verification_attempt',
  'password_verification_attempt',
  'send_sms',
  'send_email',
  'before_user_created',
  'after_user_created',
];

function isTable(value: unknown): value is Toml {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The value at a dotted path. */
function at(values: Toml, path: string): unknown {
  let value: unknown = values;
  for (const key of path.split('.')) value = isTable(value) ? value[key] : undefined;
  return value;
}

function merged(base: Toml, over: Toml): Toml {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isTable(before) && isTable(value) ? merged(before, value) : value;
  }
  return result;
}

/** config.toml as it holds for one project: `[remotes.NAME]` whose project_id is the ref overrides the rest. */
export function configFor(values: Toml, ref: string): Toml {
  const remotes = isTable(values.remotes) ? Object.values(values.remotes).filter(isTable) : [];
  const own = remotes.find((remote) => remote.project_id === ref);
  return own ? merged(values, own) : values;
}

/** `env(NAME)` and masked secrets are known to nobody but the machine that deploys. */
function isOpen(value: unknown): boolean {
  return typeof value !== 'string' || (!/^env\(.*\)$/i.test(value.trim()) && !value.startsWith('[REDACTED'));
}

function sameList(field: string, live: Setting): Setting {
  return field === 'uri_allow_list' && typeof live === 'string'
    ? [...new Set(live.split(',').map((url) => url.trim()))]
        .filter((url) => url !== '')
        .sort()
        .join(',')
    : live;
}

/** Every setting of [auth] that config.toml states and the API knows. */
export function authSettings(config: Toml, platform: NonNullable<Facts['platformAuth']>): ConfigSetting[] {
  const found: ConfigSetting[] = [];
  const add = (path: string, field: string, security: boolean, convert: Convert = asIs) => {
    const value = at(config, path);
    const off = SWITCHES.some((part) => path.startsWith(`${part}.`) && at(config, `${part}.enabled`) === false);
    if (value === undefined || off || !isOpen(value) || !(field in platform.settings)) return;
    found.push({
      path,
      field,
      security,
      wanted: convert(value, config),
      live: sameList(field, platform.settings[field] ?? null),
    });
  };
  for (const [path, field, security, convert] of AUTH_CONFIG) add(path, field, security, convert);
  for (const hook of HOOKS) {
    add(`auth.hook.${hook}.enabled`, `hook_${hook}_enabled`, true);
    if (at(config, `auth.hook.${hook}.enabled`) === true) add(`auth.hook.${hook}.uri`, `hook_${hook}_uri`, true);
  }
  const providers = at(config, 'auth.external');
  for (const provider of isTable(providers) ? Object.keys(providers) : []) {
    add(`auth.external.${provider}.enabled`, `external_${provider}_enabled`, true);
    if (at(config, `auth.external.${provider}.enabled`) !== true) continue;
    add(`auth.external.${provider}.client_id`, `external_${provider}_client_id`, false);
    add(`auth.external.${provider}.skip_nonce_check`, `external_${provider}_skip_nonce_check`, true);
  }
  return found.filter(({ wanted }) => wanted !== undefined);
}

/** [api], [storage] and [functions.*], each with what the API says. */
export function serviceSettings(
  config: Toml,
  facts: Pick<Facts, 'platformPostgrest' | 'platformStorage' | 'platformFunctions'>,
): ConfigSetting[] {
  const { platformPostgrest: api, platformStorage: storage, platformFunctions: functions } = facts;
  const found: ConfigSetting[] = [];
  if (api !== null && at(config, 'api.enabled') !== false) {
    const list = (path: string, field: string, security: boolean, live: readonly string[]) => {
      const wanted = asList(at(config, path));
      if (wanted !== undefined) found.push({ path, field, security, wanted, live: [...live].sort().join(',') });
    };
    list('api.schemas', 'db_schema', true, api.schemas);
    list('api.extra_search_path', 'db_extra_search_path', false, api.extraSearchPath);
    const rows = at(config, 'api.max_rows');
    if (typeof rows === 'number')
      found.push({ path: 'api.max_rows', field: 'max_rows', security: false, wanted: rows, live: api.maxRows });
  }
  const limit = bytesOf(at(config, 'storage.file_size_limit'));
  if (storage !== null && limit !== null)
    found.push({
      path: 'storage.file_size_limit',
      field: 'fileSizeLimit',
      security: false,
      wanted: limit,
      live: storage.fileSizeLimit,
    });
  for (const { slug, verifyJwt, status } of functions ?? []) {
    if (status !== 'ACTIVE') continue;
    // Without a word in config.toml the CLI deploys with verification on.
    const stated = at(config, `functions.${slug}.verify_jwt`);
    const wanted = typeof stated === 'boolean' ? stated : true;
    found.push({ path: `functions.${slug}.verify_jwt`, field: 'verify_jwt', security: true, wanted, live: verifyJwt });
  }
  return found;
}
