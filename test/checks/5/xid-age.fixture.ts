import type { CheckFixture } from '../fixture.ts';

const database = {
  name: 'postgres',
  serverVersion: '17.4',
  serverVersionNum: 170004,
  systemIdentifier: null,
  encoding: 'UTF8',
  collation: 'C',
  collationVersion: null,
  actualCollationVersion: null,
  inRecovery: false,
  exposedSchemas: null,
  hasSupabaseAuth: true,
};

export default {
  check: 'xid-age',
  silent: '',
  defect: '',
  expect: [{ object: 'database postgres', severity: 'blocker' }],
  repair: '',
  // Nobody burns a thousand million transactions in a test.
  overlay: {
    silent: {
      database,
      volatileDatabase: {
        sizeBytes: 1e9,
        statsReset: null,
        statsAgeSeconds: null,
        blocksHit: 1000,
        blocksRead: 1,
        maxConnections: 60,
        xidAge: 200_000_000,
      },
    },
    defect: {
      volatileDatabase: {
        sizeBytes: 1e9,
        statsReset: null,
        statsAgeSeconds: null,
        blocksHit: 1000,
        blocksRead: 1,
        maxConnections: 60,
        xidAge: 1_200_000_000,
      },
    },
    fixed: {
      volatileDatabase: {
        sizeBytes: 1e9,
        statsReset: null,
        statsAgeSeconds: null,
        blocksHit: 1000,
        blocksRead: 1,
        maxConnections: 60,
        xidAge: 50_000_000,
      },
    },
  },
} satisfies CheckFixture;
