import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-reauth',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting security_update_password_require_reauthentication', severity: 'medium' },
    { object: 'setting mailer_secure_email_change_enabled', severity: 'medium' },
  ],
  repair: '',
  overlay: {
    silent: authSettings({}),
    defect: authSettings({
      security_update_password_require_reauthentication: false,
      mailer_secure_email_change_enabled: false,
    }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
