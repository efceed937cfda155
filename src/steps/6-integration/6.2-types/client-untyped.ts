import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

export const clientUntyped = defineCheck({
  id: 'client-untyped',
  rev: 1,
  title: 'Every client is made with the Database type',
  why: 'Without it every row is `any`: a dropped column compiles.',
  severity: 'medium',
  source: 'CATALOGUE 6.2 client-untyped; Supabase docs, “Generating TypeScript Types”',
  remedy: 'Generate the types, commit them, and make clients with createClient<Database>(…).',
  falseAlarms:
    'JavaScript files are left out; a type on the variable, the cast or the function’s result counts. Clients that only sign users in need no type, but cost nothing to type.',
  needs: ['repoCode', 'repoTypes', 'repoProject'],
  evaluate({ facts }) {
    const clients = facts.repoCode.clients.filter(({ path }) => /\.([cm]?tsx?|vue|svelte|astro)$/.test(path));
    const findings: FindingDraft[] = [];
    const seen = new Set<string>();
    for (const { path, line, typed } of clients) {
      if (typed || seen.has(path)) continue;
      seen.add(path);
      findings.push({
        object: objectRef('file', null, path),
        message: `${path} makes a client without the Database type: what it reads and writes is not checked`,
        detail: facts.repoTypes ? `The types are in ${facts.repoTypes.path}.` : 'No generated types are committed.',
        fix: {
          command: facts.repoTypes
            ? `createClient<Database>(…) with the type of ${facts.repoTypes.path}`
            : 'supabase gen types typescript --linked > database.types.ts, then createClient<Database>(…)',
        },
        location: { file: path, line, column: 1 },
      });
    }
    const { workflows } = facts.repoProject;
    if (facts.repoTypes && clients.length > 0 && !workflows.some(({ runs }) => runs.includes('gen-types'))) {
      findings.push({
        object: objectRef('file', null, facts.repoTypes.path),
        severity: 'low',
        message: `no workflow generates ${facts.repoTypes.path} again: it goes stale with the next migration, unnoticed`,
        detail: workflows.length === 0 ? 'No CI workflow was found.' : 'No workflow runs supabase gen types.',
        fix: { command: `run supabase gen types in CI and git diff --exit-code ${facts.repoTypes.path}` },
        discriminator: 'ci',
      });
    }
    return evaluated(clients.length, 'client', findings);
  },
});
