import type { CheckFixture } from '../fixture.ts';
import { NAMED } from './named-database.ts';

const activity = (remoteWithoutTls: number) => ({
  activity: {
    connections: 7,
    own: 1,
    idleInTransactionOver60s: 0,
    queriesOver5min: 0,
    waitingForLock: 0,
    exclusiveLocksOver2min: 0,
    remoteWithoutTls,
    byRole: [{ role: 'postgres', connections: 7 }],
  },
});

/** A second machine is not to be had in a test: what pg_stat_ssl would count is laid over. */
export default {
  check: 'plaintext-clients',
  silent: '',
  defect: '',
  overlay: {
    silent: activity(0),
    defect: { ...activity(2), ...NAMED },
    fixed: activity(0),
  },
  expect: [{ object: 'database shop', severity: 'high' }],
  repair: '',
} satisfies CheckFixture;
