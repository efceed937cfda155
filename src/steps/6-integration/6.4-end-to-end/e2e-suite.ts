import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

const SCREENS = [
  'next',
  'nuxt',
  'remix',
  'react-router',
  'sveltekit',
  'astro',
  'vite',
  'expo',
  'react-native',
  'angular',
  'tanstack-start',
];

export const e2eSuite = defineCheck({
  id: 'e2e-suite',
  rev: 1,
  title: 'An end-to-end suite walks the critical flows',
  why: 'Without one the first user of every release is the test.',
  severity: 'medium',
  source: 'CATALOGUE 6.4 e2e-suite',
  remedy:
    'Write a Playwright or Cypress suite for sign-up, the paid flow and the reset of a password, and run it in CI.',
  falseAlarms: 'Only repositories with a front end are judged; a configuration without a single test is no suite.',
  needs: ['repoProject'],
  evaluate({ facts }) {
    const { e2eSuites, frameworks, workflows, dependencies } = facts.repoProject;
    if (!frameworks.some((name) => SCREENS.includes(name))) return notApplicable('the repository has no front end');
    const findings: FindingDraft[] = [];
    const root = dependencies.map(({ path }) => path).sort((a, b) => a.length - b.length)[0] ?? 'package.json';
    const [suite] = e2eSuites;
    if (!suite) {
      findings.push({
        object: objectRef('file', null, root),
        message: 'no end-to-end suite was found: nothing tries the flows as a user does before a release',
        detail: 'Looked for Playwright, Cypress, WebdriverIO, Detox and Maestro with at least one test.',
        fix: { command: 'npm init playwright@latest' },
      });
    } else if (!workflows.some(({ runs }) => runs.includes('e2e'))) {
      findings.push({
        object: objectRef('file', null, suite.path),
        severity: 'low',
        message: `no workflow runs the ${suite.tool} suite: it fails unseen`,
        detail: workflows.length === 0 ? 'No CI workflow was found.' : 'No workflow calls it.',
        fix: { command: `run it in CI and keep its report as JSON` },
      });
    }
    return evaluated(1, 'front end', findings);
  },
});
