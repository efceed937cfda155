import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { isDevelopmentFile, isExampleFile, isProductionFile } from '../env-names.ts';

export const envSeparation = defineCheck({
  id: 'env-separation',
  rev: 1,
  title: 'No development file points at the production project',
  why: 'Whoever starts the application on a laptop then works on real users’ data: one script tried out deletes or mails them.',
  severity: 'high',
  source: 'CATALOGUE 1.1 env-separation; Supabase docs, “Managing Environments”',
  remedy: 'Give development its own project, a local stack or a persistent branch, and let .env.local name that one.',
  falseAlarms:
    'Files with placeholders (.env.example) are left out. Production is the project declared for this environment, or the one .env.production names; with neither the check is skipped.',
  needs: ['repoEnv', 'declared'],
  evaluate({ facts, environment }) {
    if (environment.kind !== 'production') return notApplicable('judged for production only');
    const rows = facts.repoEnv.filter(({ ref, path }) => ref !== null && !isExampleFile(path));
    const declared = facts.declared.refs[environment.name];
    const production = new Set(
      declared ? [declared] : rows.flatMap(({ path, ref }) => (isProductionFile(path) && ref ? [ref] : [])),
    );
    const findings: FindingDraft[] = [];
    for (const [name, ref] of Object.entries(facts.declared.refs)) {
      if (name === environment.name || ref !== declared) continue;
      findings.push({
        object: objectRef('project', null, ref),
        message: `the environments ${environment.name} and ${name} are the same Supabase project: nothing can be tried before it reaches real users`,
        detail: 'Both are declared with the same project ref.',
        fix: { command: `give ${name} its own project or persistent branch and declare its ref` },
        discriminator: name,
      });
    }
    if (production.size === 0) {
      return skipped(
        `nobody says which project is production; declare environments.${environment.name}.ref in supaready.config.json`,
      );
    }
    const files = new Map<string, (typeof rows)[number]>();
    for (const row of rows) {
      if (!isDevelopmentFile(row.path) || !row.ref || !production.has(row.ref) || files.has(row.path)) continue;
      files.set(row.path, row);
    }
    for (const { path, line, variable, ref } of files.values()) {
      findings.push({
        object: objectRef('file', null, path),
        message: `${path} points development at the production project ${ref}: what is tried on a laptop happens to real users`,
        detail: `${variable} names it.`,
        fix: { command: `point ${path} at a local stack, a branch or a project for development` },
        location: { file: path, line, column: 1 },
      });
    }
    const looked = new Set(facts.repoEnv.map(({ path }) => path)).size + Object.keys(facts.declared.refs).length;
    return evaluated(
      looked,
      'environment file or declared project',
      findings,
      'environment files and declared projects',
    );
  },
});
