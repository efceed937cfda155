import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { listed } from '../../lib/refs.ts';
import { edgeFunctionOf } from '../entry-points.ts';

export const fnUnpinnedImport = defineCheck({
  id: 'fn-unpinned-import',
  rev: 1,
  title: 'Edge functions import fixed versions',
  why: 'The same commit deployed tomorrow runs other code than today, tested by nobody.',
  severity: 'low',
  source: 'CATALOGUE 6.5 fn-unpinned-import; Supabase docs, “Edge Functions: Managing dependencies”',
  remedy:
    'Name a version in every npm:, jsr: and https: import, best in the function’s own deno.json, and commit deno.lock.',
  falseAlarms: 'A deno.lock pins whatever it names.',
  needs: ['repoProject', 'repoCode'],
  evaluate({ facts }) {
    const { edgeFunctions } = facts.repoProject;
    if (edgeFunctions.length === 0) return notApplicable('there are no edge functions');
    const findings = edgeFunctions
      .filter(({ pinned }) => !pinned)
      .map(({ name, path, denoJson }) => {
        const marks = facts.repoCode.marks.filter(
          (mark) => mark.name === 'unpinned-import' && edgeFunctionOf(mark.path) === name,
        );
        const [first] = marks;
        return {
          object: objectRef('edge function', null, name),
          message: `the edge function ${name} imports without a version: each deployment may bring other code`,
          detail: first
            ? `It imports ${listed([...new Set(marks.map(({ detail }) => detail))])}.`
            : `Its ${denoJson ? 'deno.json' : 'import map'} names no version.`,
          fix: { command: 'name a version in every import and commit deno.lock' },
          location: { file: first?.path ?? path, line: first?.line ?? 1, column: 1 },
        };
      });
    return evaluated(edgeFunctions.length, 'edge function', findings);
  },
});
