import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-otp',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting mailer_otp_exp', severity: 'medium' },
    { object: 'setting mailer_otp_length', severity: 'medium' },
    { object: 'setting sms_otp_exp', severity: 'low' },
  ],
  repair: '',
  overlay: {
    // Codes by message are long-lived here, and off.
    silent: authSettings({}),
    defect: authSettings({ mailer_otp_exp: 86_400, mailer_otp_length: 4, external_phone_enabled: true }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
