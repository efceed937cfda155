import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-abuse',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting security_captcha_enabled', severity: 'high' },
    { object: 'setting rate_limit_otp', severity: 'medium' },
    { object: 'setting rate_limit_email_sent', severity: 'medium' },
  ],
  repair: '',
  overlay: {
    // Nobody can sign up: there is nothing to hold back.
    silent: authSettings({ security_captcha_enabled: false, disable_signup: true }),
    defect: authSettings({
      security_captcha_enabled: false,
      external_anonymous_users_enabled: true,
      rate_limit_otp: 5000,
      rate_limit_email_sent: 4,
    }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
