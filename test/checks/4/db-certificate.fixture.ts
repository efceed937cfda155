import type { CheckFixture } from '../fixture.ts';

const shown = (certificate: object) => ({
  databaseTls: {
    hosted: true,
    plain: 'refused',
    plainState: '28000',
    tls: {
      protocol: 'TLSv1.3',
      certificate: {
        subject: 'db.example.test',
        issuer: 'Supabase Intermediate 2021 CA',
        validTo: '2027-11-24T12:00:00.000Z',
        trust: 'supabase',
        problem: 'SELF_SIGNED_CERT_IN_CHAIN',
        hostMatches: true,
        ...certificate,
      },
    },
  },
});

/** The test server speaks no TLS; what servers do answer is tested in test/facts/network.test.ts. */
export default {
  check: 'db-certificate',
  silent: '',
  defect: '',
  expect: [
    { object: 'setting database certificate', severity: 'medium' },
    { object: 'setting database certificate', severity: 'medium' },
    { object: 'setting database certificate', severity: 'medium' },
  ],
  repair: '',
  overlay: {
    silent: shown({}),
    // 20 days are left.
    defect: shown({ validTo: '2026-12-14T13:00:00.000Z', hostMatches: false, trust: 'self-signed' }),
    fixed: shown({ trust: 'public', problem: null }),
  },
} satisfies CheckFixture;
