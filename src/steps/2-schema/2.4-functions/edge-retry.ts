import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const edgeRetry = defineCheck({
  id: 'edge-retry',
  rev: 1,
  title: 'Edge functions give up on a server that does not answer',
  why: 'A fetch without a timeout holds the function until the platform kills it, and the work it had begun is left half-done.',
  severity: 'low',
  source: 'CATALOGUE 2.4 edge-retry',
  remedy: 'Pass `signal: AbortSignal.timeout(5000)` and handle the failure.',
  needs: ['repoCode', 'repoProject'],
  evaluate({ facts }) {
    const functions = facts.repoProject.edgeFunctions;
    if (functions.length === 0) return notApplicable('the repository holds no edge function');
    const marks = facts.repoCode.marks.filter(
      (mark) =>
        mark.name === 'fetch-without-timeout' &&
        functions.some((fn) => mark.path.startsWith(`${fn.path.replace(/\/[^/]*\.[jt]sx?$/, '')}/`)),
    );
    return evaluated(
      functions.length,
      'edge function',
      marks.map((mark) => ({
        object: objectRef('file', null, mark.path),
        message: `a fetch in ${mark.path} has neither timeout nor error handling: a slow server keeps the function until it is killed`,
        detail: `Line ${mark.line}.`,
        fix: { command: 'fetch(url, { …, signal: AbortSignal.timeout(5000) }), and handle the rejection' },
        location: { file: mark.path, line: mark.line, column: 1 },
        discriminator: mark.detail,
      })),
    );
  },
});
