import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'compliance-files',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'package.json': '{"name":"app"}',
      'docs/privacy-policy.md': '# Privacy policy\n',
      'docs/data-retention.md': '# Data retention\n',
      'docs/incident-response.md': '# Incident response\n',
    },
    defect: { 'docs/incident-response.md': '', 'docs/privacy-policy.md': '' },
  },
  // The harness adds files and cannot take them away: what a repository without them would give is laid over.
  overlay: {
    defect: {
      repoProject: {
        dependencies: [],
        frameworks: [],
        orms: [],
        serverless: [],
        edgeFunctions: [],
        workflows: [],
        documents: [{ kind: 'retention', path: 'docs/data-retention.md', mentions: [] }],
        e2eSuites: [],
        prismaSchema: null,
      },
    },
    fixed: {
      repoProject: {
        dependencies: [],
        frameworks: [],
        orms: [],
        serverless: [],
        edgeFunctions: [],
        workflows: [],
        documents: (['retention', 'privacy', 'incident'] as const).map((kind) => ({
          kind,
          path: `docs/${kind}.md`,
          mentions: [],
        })),
        e2eSuites: [],
        prismaSchema: null,
      },
    },
  },
  expect: [
    { object: 'document privacy', severity: 'medium' },
    { object: 'document incident', severity: 'medium' },
  ],
  repair: '',
} satisfies CheckFixture;
