import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'runbook',
  silent: '',
  defect: '',
  expect: [{ object: 'file docs/runbook.md', severity: 'high' }],
  repair: '',
  repo: {
    silent: {
      'docs/runbook.md':
        '# Runbook: restore\n\nRPO 1 h, RTO 4 h. Owner: the platform team.\n\n1. Open the dashboard.\n2. Restore.\n',
    },
    defect: { 'docs/runbook.md': '# Runbook\n\nAsk somebody who knows.\n' },
    fixed: {
      'docs/restore.md':
        '# Restoring the database\n\nRecovery point 1 h, recovery time 4 h. Responsible: the platform team.\n\n1. Open the dashboard.\n',
    },
  },
} satisfies CheckFixture;
