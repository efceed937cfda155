import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { isExampleFile } from '../env-names.ts';

interface Use {
  path: string;
  line: number;
  where: string;
}

export const repoRefUnknown = defineCheck({
  id: 'repo-ref-unknown',
  rev: 1,
  title: 'Every project the repository names is declared',
  why: 'A project nobody has on the list is one nobody audits: an old production copy, a contractor’s account, somebody else’s database.',
  severity: 'high',
  source: 'CATALOGUE 1.1 repo-ref-unknown',
  remedy: 'Declare the project under environments with its ref, or remove what names it.',
  falseAlarms: 'Keys that only git’s history still holds and files with placeholders are left out.',
  needs: ['repoEnv', 'repoKeys', 'declared'],
  evaluate({ facts }) {
    const known = new Set(Object.values(facts.declared.refs));
    if (known.size === 0)
      return skipped('no project is declared; give environments.<name>.ref in supaready.config.json');
    const uses = new Map<string, Use>();
    const add = (ref: string | null, use: Use) => {
      if (ref !== null && !uses.has(ref)) uses.set(ref, use);
    };
    for (const { ref, path, line, variable } of facts.repoEnv) {
      if (!isExampleFile(path)) add(ref, { path, line, where: variable });
    }
    for (const { ref, path, line, kind, where, demo } of facts.repoKeys) {
      if (!demo && where !== 'history') add(ref, { path, line, where: kind });
    }
    const findings: FindingDraft[] = [...uses]
      .filter(([ref]) => !known.has(ref))
      .map(([ref, { path, line, where }]) => ({
        object: objectRef('project', null, ref),
        message: `${path} names the Supabase project ${ref}, which no environment declares: nobody audits it`,
        detail: `Found in ${where}.`,
        fix: { command: `declare ${ref} under environments in supaready.config.json, or remove it from ${path}` },
        location: { file: path, line, column: 1 },
      }));
    return evaluated(uses.size, 'project ref', findings);
  },
});
