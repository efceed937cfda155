import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

export default {
  check: 'auth-urls',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting site_url', severity: 'blocker' },
    { object: 'setting uri_allow_list', severity: 'high' },
  ],
  repair: '',
  overlay: {
    silent: authSettings({}),
    defect: authSettings({
      site_url: 'http://localhost:3000',
      uri_allow_list: 'https://*.vercel.app/**,https://harbor.shop/**',
    }),
    fixed: authSettings({}),
  },
} satisfies CheckFixture;
