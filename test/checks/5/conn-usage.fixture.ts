import type { CheckFixture } from '../fixture.ts';

const activity = {
  connections: 20,
  own: 1,
  idleInTransactionOver60s: 0,
  queriesOver5min: 0,
  waitingForLock: 0,
  exclusiveLocksOver2min: 0,
  remoteWithoutTls: 0,
  byRole: [{ role: 'authenticator', connections: 19 }],
};

export default {
  check: 'conn-usage',
  silent: '',
  defect: '',
  expect: [
    { object: 'activity connections', severity: 'blocker' },
    { object: 'activity idle in transaction', severity: 'medium' },
    { object: 'activity long queries', severity: 'high' },
    { object: 'activity lock waits', severity: 'high' },
    { object: 'activity exclusive locks', severity: 'medium' },
  ],
  repair: '',
  // The test server is shared: its connections are those of other tests.
  overlay: {
    silent: {
      activity,
      volatileDatabase: {
        sizeBytes: 1e9,
        statsReset: null,
        statsAgeSeconds: null,
        blocksHit: 1000,
        blocksRead: 1,
        maxConnections: 60,
        xidAge: 1000,
      },
    },
    defect: {
      activity: {
        ...activity,
        connections: 58,
        idleInTransactionOver60s: 1,
        queriesOver5min: 2,
        waitingForLock: 1,
        exclusiveLocksOver2min: 1,
      },
    },
    fixed: { activity },
  },
} satisfies CheckFixture;
