import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-password',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting password_min_length', severity: 'medium' },
    { object: 'setting password_hibp_enabled', severity: 'medium' },
    { object: 'setting password_required_characters', severity: 'low' },
  ],
  repair: '',
  overlay: {
    silent: authSettings({}),
    defect: authSettings({ password_min_length: 6, password_hibp_enabled: false, password_required_characters: '' }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
