import { expect, test } from 'vitest';
import type { Facts } from '../../src/core/facts.ts';
import { tableHealth } from '../../src/steps/5-operations/5.1-queries/table-health.ts';

const MB = 1_048_576;

/** What is said about the cache, with 128 MB of shared_buffers unless told otherwise. */
function said(sizeBytes: number, blocksHit: number, blocksRead: number, settings: Facts['settings'] | undefined) {
  const database = {
    serverVersion: '17.6',
    serverVersionNum: 170006,
    name: 'postgres',
    collation: 'C.UTF-8',
    collationVersion: null,
    collationActual: null,
    inRecovery: false,
    hasSupabaseAuth: true,
  } as unknown as Facts['database'];
  const volatileDatabase = {
    sizeBytes,
    xidAge: 1,
    statsReset: null,
    statsAgeSeconds: null,
    blocksHit,
    blocksRead,
    maxConnections: 60,
  };
  const outcome = tableHealth.evaluate({
    facts: { relations: [], tableStats: [], volatileDatabase, database, ...(settings && { settings }) } as never,
    parameters: tableHealth.parameters as never,
    environment: { name: 'production', kind: 'production', source: 'live', target: null },
    now: '2026-01-01T00:00:00Z',
  });
  return 'findings' in outcome ? outcome.findings.map(({ severity }) => severity) : [];
}
const buffers = [{ name: 'shared_buffers', setting: '16384', unit: '8kB', source: 'configuration file' }];

test.each([
  ['a small shop after several starts of its server', 12 * MB, 98_900, 1_100, buffers, []],
  ['the same read over and over, which still fits', 12 * MB, 900_000, 90_000, buffers, []],
  ['a larger database read once from disk', 4_000 * MB, 900_000, 500_000, buffers, []],
  ['a larger database read from disk again and again', 4_000 * MB, 9_000_000, 2_000_000, buffers, ['high']],
  ['the same, size of the cache unknown', 4_000 * MB, 90_000_000, 2_000_000, undefined, ['medium']],
] as const)('%s', (_name, size, hit, read, settings, expected) => {
  expect(said(size, hit, read, settings && [...settings])).toEqual(expected);
});
