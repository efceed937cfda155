import type { CheckFixture } from '../fixture.ts';

const ref = 'abcdefghijklmnopqrst';

export default {
  check: 'jwt-signing-key',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting signing keys', severity: 'medium' },
    { object: 'setting signing key ES256-previously_used', severity: 'low' },
  ],
  repair: '',
  overlay: {
    silent: {
      platformSigningKeys: {
        ref,
        keys: [
          { id: 'ES256-in_use', algorithm: 'ES256', status: 'in_use', updatedAt: '2026-01-01T00:00:00Z' },
          {
            id: 'HS256-previously_used',
            algorithm: 'HS256',
            status: 'previously_used',
            updatedAt: '2999-01-01T00:00:00Z',
          },
        ],
      },
    },
    defect: {
      platformSigningKeys: {
        ref,
        keys: [
          { id: 'HS256-in_use', algorithm: 'HS256', status: 'in_use', updatedAt: '2026-01-01T00:00:00Z' },
          {
            id: 'ES256-previously_used',
            algorithm: 'ES256',
            status: 'previously_used',
            updatedAt: '2020-01-01T00:00:00Z',
          },
        ],
      },
    },
    fixed: {
      platformSigningKeys: {
        ref,
        keys: [
          { id: 'ES256-in_use', algorithm: 'ES256', status: 'in_use', updatedAt: '2026-01-01T00:00:00Z' },
          { id: 'HS256-revoked', algorithm: 'HS256', status: 'revoked', updatedAt: '2020-01-01T00:00:00Z' },
        ],
      },
    },
  },
} satisfies CheckFixture;
