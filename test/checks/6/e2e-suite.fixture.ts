import type { CheckFixture } from '../fixture.ts';

const workflow = (run: string) => `on: push\njobs:\n  a:\n    steps:\n      - run: ${run}\n`;

export default {
  check: 'e2e-suite',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'package.json': '{"dependencies": {"next": "15.5.9"}}',
      'playwright.config.ts': 'export default {};\n',
      'e2e/shop.spec.ts': 'export {};\n',
      '.github/workflows/ci.yml': workflow('npx playwright test'),
    },
    defect: { '.github/workflows/ci.yml': workflow('npm run lint') },
    fixed: { '.github/workflows/ci.yml': workflow('npx playwright test') },
  },
  expect: [{ object: 'file e2e/shop.spec.ts', severity: 'low' }],
  repair: '',
} satisfies CheckFixture;
