import type { CheckFixture } from '../fixture.ts';

const slot = (name: string, active: boolean, lagBytes: number, walStatus: string) => ({
  name,
  type: 'logical',
  active,
  lagBytes,
  walStatus,
});

export default {
  check: 'replication-slots',
  silent: '',
  defect: '',
  expect: [
    { object: 'replication slot gone', severity: 'blocker' },
    { object: 'replication slot behind', severity: 'high' },
    { object: 'replication slot idle', severity: 'medium' },
  ],
  repair: '',
  // Slots belong to the whole server, which other tests share.
  overlay: {
    silent: { replicationSlots: [slot('realtime', true, 1000, 'reserved')] },
    defect: {
      replicationSlots: [
        slot('gone', false, 1, 'lost'),
        slot('behind', true, 3 * 1024 ** 3, 'extended'),
        slot('idle', false, 1000, 'reserved'),
      ],
    },
    fixed: { replicationSlots: [slot('realtime', true, 1000, 'reserved')] },
  },
} satisfies CheckFixture;
