/** Test databases have names of chance; a finding about the whole database needs one that is known. */
export const NAMED = {
  database: {
    name: 'shop',
    serverVersion: '17.5',
    serverVersionNum: 170005,
    systemIdentifier: null,
    encoding: 'UTF8',
    collation: 'C',
    collationVersion: null,
    actualCollationVersion: null,
    inRecovery: false,
    exposedSchemas: null,
    hasSupabaseAuth: true,
  },
};
