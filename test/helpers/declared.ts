import type { Declared } from '../../src/core/facts/audit.ts';

/** A project without a configuration. */
export const NOTHING_DECLARED: Declared = {
  project: null,
  serverOnlyTables: [],
  publicTables: [],
  allowedDefinerFunctions: [],
  seed: [],
  regions: [],
  urls: [],
  retention: {},
  refs: {},
};
