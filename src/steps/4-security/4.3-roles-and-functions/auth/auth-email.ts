import { authCheck, byEmail, byPhone, isOn, limit, must } from '../../../lib/auth-settings.ts';

const NO_EMAIL = 'nobody signs in by e-mail';

export const authConfirm = authCheck({
  id: 'auth-confirm',
  title: 'Whoever signs up has to show that the address is theirs',
  why: 'Without confirmation anybody signs up with somebody else’s address, and is taken for them wherever the address says who one is.',
  severity: 'high',
  source: 'Supabase docs, “Going into production: security”',
  remedy: 'Turn “Confirm email” on, and sign-in with an unconfirmed address off.',
  falseAlarms: 'Not applicable where sign-in by e-mail is off.',
  page: 'auth/providers',
  rules: (auth) =>
    byEmail(auth)
      ? [
          must('mailer_autoconfirm', false, 'high', 'an address counts as confirmed when somebody types it in'),
          must(
            'mailer_allow_unverified_email_sign_ins',
            false,
            'high',
            'people sign in with an address that they never confirmed',
          ),
        ]
      : NO_EMAIL,
});

export const authOtp = authCheck({
  id: 'auth-otp',
  title: 'Codes and links of a sign-in are long enough and soon over',
  why: 'A short code that is good for long can be guessed, and a link in an old mail opens the account.',
  severity: 'medium',
  source: 'Supabase docs, “Going into production: security” (OTP expiry of an hour or less)',
  remedy: 'At most 3600 seconds for mails and 600 for messages, and six digits or more.',
  falseAlarms: 'Codes of a way that is switched off are not judged.',
  page: 'auth/providers',
  rules: (auth) => {
    const rules = [
      ...(byEmail(auth)
        ? [
            limit(
              'mailer_otp_exp',
              { above: 3600 },
              'medium',
              (value) => `a code or link by mail is good for ${value} s`,
            ),
            limit('mailer_otp_length', { below: 6 }, 'medium', (value) => `a code by mail has ${value} digits`),
          ]
        : []),
      ...(byPhone(auth)
        ? [limit('sms_otp_exp', { above: 600 }, 'low', (value) => `a code by message is good for ${value} s`)]
        : []),
    ];
    return rules.length > 0 ? rules : 'nobody signs in by a code';
  },
});

export const authSmtp = authCheck({
  id: 'auth-smtp',
  title: 'Mails of the sign-in go out over a mail service of yours',
  why: 'The built-in service sends two mails an hour, and only to members of the organisation: nobody else can confirm an address or set a new password.',
  severity: 'high',
  source: 'Supabase docs, “Send emails with custom SMTP”',
  remedy: 'Set up custom SMTP, or a send-email hook.',
  falseAlarms: 'Silent where a send-email hook is on, and where sign-in by e-mail is off.',
  page: 'auth/smtp',
  rules: (auth) => {
    if (!byEmail(auth)) return NO_EMAIL;
    if (isOn(auth, 'hook_send_email_enabled')) return 'the send-email hook sends the mails';
    return [
      {
        field: 'smtp_host',
        judge: (value) =>
          value === null || value === ''
            ? {
                severity: 'high',
                message: 'mails go out over the built-in service, which does not write to users and sends two an hour',
                to: 'set smtp_host and the fields with it',
              }
            : null,
      },
    ];
  },
});

export const authReauth = authCheck({
  id: 'auth-reauth',
  title: 'A new password or address needs more than an open session',
  why: 'Who sits down at an open session would take the account over for good.',
  severity: 'medium',
  source: 'Supabase docs, “Password-based auth”',
  remedy: 'Turn “Secure password change” and “Secure email change” on.',
  falseAlarms: 'Not applicable where sign-in by e-mail is off.',
  page: 'auth/providers',
  rules: (auth) =>
    byEmail(auth)
      ? [
          must(
            'security_update_password_require_reauthentication',
            true,
            'medium',
            'an open session is enough to set a new password',
          ),
          must(
            'mailer_secure_email_change_enabled',
            true,
            'medium',
            'a new address is taken without asking the old one',
          ),
        ]
      : NO_EMAIL,
});
