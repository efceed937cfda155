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

const damaged = {
  collations: [{ schema: 'pg_catalog', name: 'de-x-icu', version: '153.14', actual: '153.112', columns: 2 }],
  amcheck: {
    checked: 3,
    broken: [
      { schema: 'public', table: 'orders', index: 'orders_pkey', reason: 'item order invariant violated (XX002)' },
    ],
    unchecked: [],
    error: null,
  },
};
const physical = { collations: [], amcheck: null };

export default {
  check: 'physical-integrity',
  silent: '',
  defect: '',
  expect: [
    { object: 'database postgres', severity: 'medium' },
    { object: 'pg_catalog."de-x-icu"', severity: 'medium' },
    { object: 'index orders_pkey on public.orders', severity: 'blocker' },
  ],
  repair: '',
  // The C library of the test server cannot be exchanged.
  overlay: {
    silent: { database, physical },
    defect: { database: { ...database, actualCollationVersion: '2.39' }, physical: damaged },
    fixed: { database: { ...database, collationVersion: '2.39', actualCollationVersion: '2.39' }, physical },
  },
} satisfies CheckFixture;
