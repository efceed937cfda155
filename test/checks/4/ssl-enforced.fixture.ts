import type { CheckFixture } from '../fixture.ts';

const ref = 'abcdefghijklmnopqrst';

const tried = (plain: string) => ({ hosted: true, plain, plainState: plain === 'refused' ? '28000' : null, tls: null });

/** The server's own answer counts more than the setting; what servers do answer is tested in test/facts/network.test.ts. */
export default {
  check: 'ssl-enforced',
  silent: '',
  defect: '',
  expect: [{ object: 'setting ssl-enforcement', severity: 'high' }],
  repair: '',
  overlay: {
    silent: { databaseTls: tried('refused'), platformSsl: { ref, database: true, applied: true } },
    defect: { databaseTls: tried('credentials') },
    fixed: { databaseTls: tried('refused') },
  },
} satisfies CheckFixture;
