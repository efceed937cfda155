import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-session',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting refresh_token_rotation_enabled', severity: 'high' },
    { object: 'setting security_refresh_token_reuse_interval', severity: 'low' },
    { object: 'setting jwt_exp', severity: 'high' },
    { object: 'setting sessions_timebox', severity: 'low' },
  ],
  repair: '',
  overlay: {
    silent: authSettings({}),
    defect: authSettings({
      refresh_token_rotation_enabled: false,
      security_refresh_token_reuse_interval: 60,
      jwt_exp: 100_000,
      sessions_timebox: 0,
    }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
