import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-providers',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting external_discord_enabled', severity: 'high' },
    { object: 'setting oauth_server_allow_dynamic_registration', severity: 'medium' },
  ],
  repair: '',
  overlay: {
    // Google is used by an app alone, without a secret.
    silent: authSettings({}),
    defect: authSettings({ external_discord_enabled: true, oauth_server_allow_dynamic_registration: true }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
