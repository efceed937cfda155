import { type AuthRule, authCheck, byEmail, byPhone, isOn, limit, must } from '../../../lib/auth-settings.ts';

export const authPassword = authCheck({
  id: 'auth-password',
  title: 'Passwords are long, and not among those that leaked',
  why: 'Leaked and short passwords are tried by machines against every account.',
  severity: 'medium',
  source:
    'Supabase docs, “Password security” (eight characters or more; leaked-password protection is part of the Pro plan)',
  remedy: 'Eight characters or more, leaked-password protection on, and kinds of characters required.',
  falseAlarms:
    'Not applicable where nobody has a password. The free plan has no leaked-password protection: waive that finding with that reason, it does not turn green by itself.',
  page: 'auth/providers',
  rules: (auth) =>
    byEmail(auth) || byPhone(auth)
      ? [
          limit('password_min_length', { below: 8 }, 'medium', (value) => `a password may have ${value} characters`),
          must(
            'password_hibp_enabled',
            true,
            'medium',
            'passwords known from leaks are taken (Pro plan has the switch)',
          ),
          {
            field: 'password_required_characters',
            judge: (value) =>
              value === null || value === ''
                ? {
                    severity: 'low',
                    message: 'a password may be letters only',
                    to: 'require letters and digits at least',
                  }
                : null,
          },
        ]
      : 'nobody signs in with a password',
});

const FACTORS = ['mfa_totp_verify_enabled', 'mfa_phone_verify_enabled', 'mfa_web_authn_verify_enabled'];

export const authMfa = authCheck({
  id: 'auth-mfa',
  title: 'A second factor can be used',
  why: 'Without one, whoever knows an administrator’s password is an administrator.',
  severity: 'medium',
  source: 'Supabase docs, “Multi-factor authentication”',
  remedy: 'Turn verification by an authenticator app on, and ask for aal2 in the policies of what needs it.',
  falseAlarms: 'Any factor that can be verified is enough: app, phone or passkey.',
  page: 'auth/mfa',
  rules: (auth) => [
    {
      field: 'mfa_totp_verify_enabled',
      judge: () =>
        FACTORS.some((field) => isOn(auth, field))
          ? null
          : { severity: 'medium', message: 'no second factor can be verified', to: 'set it to true' },
    },
  ],
});

/** Requests of one address in five minutes (per hour for mails and messages) before the limit; Supabase docs, “Rate limits”. */
const DEFAULT_RATES: Readonly<Record<string, number>> = {
  rate_limit_anonymous_users: 30,
  rate_limit_token_refresh: 150,
  rate_limit_otp: 30,
  rate_limit_verify: 30,
  rate_limit_sms_sent: 30,
  rate_limit_web3: 30,
};

export const authAbuse = authCheck({
  id: 'auth-abuse',
  title: 'Machines cannot sign up, guess codes or send mails without end',
  why: 'Sign-up without a captcha fills the database with accounts, anonymous ones even without an address, and each mail or message is paid for.',
  severity: 'medium',
  source: 'Supabase docs, “Enable CAPTCHA protection”, “Rate limits”',
  remedy: 'Turn CAPTCHA protection on, and bring the limits back to what the launch needs.',
  falseAlarms: 'A limit up to ten times Supabase’s own is taken as meant. Not judged where nobody can sign up.',
  page: 'auth/protection',
  rules: (auth): readonly AuthRule[] => [
    {
      field: 'security_captcha_enabled',
      judge(value) {
        if (value === true) return null;
        const anonymous = isOn(auth, 'external_anonymous_users_enabled');
        if (isOn(auth, 'disable_signup') && !anonymous) return null;
        return {
          severity: anonymous ? 'high' : 'medium',
          message: anonymous
            ? 'anybody gets an account without an address or a captcha, as often as a machine can ask'
            : 'no captcha stands before sign-up and sign-in',
          to: 'set it to true, with a provider and its secret',
        };
      },
    },
    ...Object.entries(DEFAULT_RATES)
      .filter(([field]) => auth.settings[field] !== undefined && auth.settings[field] !== null)
      .map(([field, usual]) =>
        limit(
          field,
          { above: usual * 10 },
          'medium',
          (value) => `the limit is ${value}, where Supabase has ${usual}: it holds nobody back`,
        ),
      ),
    {
      field: 'rate_limit_email_sent',
      judge: (value) =>
        byEmail(auth) && typeof value === 'number' && value < 30 && auth.settings.smtp_host
          ? {
              severity: 'medium',
              message: `${value} mails an hour go out: on the day of the launch people wait for theirs`,
              to: 'set it to what the launch needs, 30 or more',
            }
          : null,
    },
  ],
});
