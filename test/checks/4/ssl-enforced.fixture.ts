import type { CheckFixture } from '../fixture.ts';

const ref = 'abcdefghijklmnopqrst';

export default {
  check: 'ssl-enforced',
  silent: '',
  defect: '',
  expect: [{ object: 'setting ssl-enforcement', severity: 'high' }],
  repair: '',
  overlay: {
    silent: { platformSsl: { ref, database: true, applied: true } },
    defect: { platformSsl: { ref, database: false, applied: true } },
    fixed: { platformSsl: { ref, database: true, applied: true } },
  },
} satisfies CheckFixture;
