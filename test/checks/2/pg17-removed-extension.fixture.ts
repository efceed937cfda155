import type { CheckFixture } from '../fixture.ts';

const database = {
  name: 'postgres',
  serverVersion: '15.8',
  serverVersionNum: 150008,
  systemIdentifier: null,
  encoding: 'UTF8',
  collation: 'C',
  collationVersion: null,
  actualCollationVersion: null,
  inRecovery: false,
  exposedSchemas: null,
  hasSupabaseAuth: true,
};
const extension = (name: string) => ({
  name,
  version: '1.0',
  defaultVersion: '1.0',
  schema: 'extensions',
  relocatable: true,
  shim: false,
});

export default {
  check: 'pg17-removed-extension',
  silent: '',
  defect: '',
  expect: [{ object: 'extension plv8', severity: 'medium' }],
  repair: '',
  // The test server is PostgreSQL 17, where such an extension cannot be.
  overlay: {
    silent: {
      database: database,
      extensions: [extension('pgcrypto')],
    },
    defect: { extensions: [extension('pgcrypto'), extension('plv8')] },
    fixed: { extensions: [extension('pgcrypto')] },
  },
} satisfies CheckFixture;
