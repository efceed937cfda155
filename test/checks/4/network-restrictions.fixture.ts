import type { CheckFixture } from '../fixture.ts';

const ref = 'abcdefghijklmnopqrst';

export default {
  check: 'network-restrictions',
  silent: '',
  defect: '',
  expect: [{ object: 'setting network-restrictions', severity: 'medium' }],
  repair: '',
  overlay: {
    silent: { platformNetwork: { ref, allowed: true, cidrs: ['203.0.113.0/24'], applied: true } },
    defect: { platformNetwork: { ref, allowed: true, cidrs: ['0.0.0.0/0', '::/0'], applied: true } },
    fixed: { platformNetwork: { ref, allowed: true, cidrs: ['203.0.113.7/32', '2001:db8::/48'], applied: true } },
  },
} satisfies CheckFixture;
