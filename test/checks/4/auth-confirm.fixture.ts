import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-confirm',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting mailer_autoconfirm', severity: 'high' },
    { object: 'setting mailer_allow_unverified_email_sign_ins', severity: 'high' },
  ],
  repair: '',
  overlay: {
    silent: authSettings({}),
    defect: authSettings({ mailer_autoconfirm: true, mailer_allow_unverified_email_sign_ins: true }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
