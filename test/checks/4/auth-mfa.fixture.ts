import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-mfa',
  silent: '',
  defect: '',
  expect: [{ object: 'setting mfa_totp_verify_enabled', severity: 'medium' }],
  repair: '',
  overlay: {
    // Passkeys are a second factor too.
    silent: authSettings({ mfa_totp_verify_enabled: false, mfa_web_authn_verify_enabled: true }),
    defect: authSettings({ mfa_totp_verify_enabled: false }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
