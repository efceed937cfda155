import type { CheckFixture } from '../fixture.ts';

const database = {
  name: 'postgres',
  serverVersion: '17.4',
  serverVersionNum: 170004,
  systemIdentifier: null,
  encoding: 'UTF8',
  collation: 'en_US.UTF-8',
  collationVersion: '2.36',
  actualCollationVersion: '2.36',
  inRecovery: false,
  exposedSchemas: null,
  hasSupabaseAuth: true,
};

export default {
  check: 'physical-integrity',
  silent: '',
  defect: '',
  expect: [{ object: 'database postgres', severity: 'medium' }],
  repair: '',
  // The C library of the test server cannot be exchanged.
  overlay: {
    silent: { database },
    defect: { database: { ...database, actualCollationVersion: '2.39' } },
    fixed: { database: { ...database, collationVersion: '2.39', actualCollationVersion: '2.39' } },
  },
} satisfies CheckFixture;
