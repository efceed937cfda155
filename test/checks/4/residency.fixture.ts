import type { CheckFixture } from '../fixture.ts';

const ref = 'abcdefghijklmnopqrst';

export default {
  check: 'residency',
  silent: '',
  defect: '',
  expect: [{ object: 'setting region', severity: 'high' }],
  repair: '',
  declared: { regions: ['eu-central-1', 'eu-west-1'] },
  overlay: {
    silent: { platformProject: { ref, region: 'eu-central-1' } },
    defect: { platformProject: { ref, region: 'us-east-1' } },
    fixed: { platformProject: { ref, region: 'eu-west-1' } },
  },
} satisfies CheckFixture;
