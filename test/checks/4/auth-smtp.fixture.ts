import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-smtp',
  silent: '',
  defect: '',
  expect: [{ object: 'setting smtp_host', severity: 'high' }],
  repair: '',
  overlay: {
    silent: authSettings({}),
    defect: authSettings({ smtp_host: null }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
