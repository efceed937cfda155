import { type Check, type Checkpoint, defineCheck, evaluated, skipped } from '../../core/check.ts';
import { objectRef } from '../../core/object.ts';

const evidenceComplete = defineCheck({
  id: 'evidence-complete',
  rev: 1,
  title: 'Every pass and every failure rests on evidence whose digest holds',
  why: 'A verdict without its evidence is an opinion: nobody can check it after the people who gave it have left.',
  severity: 'blocker',
  source: 'CATALOGUE 7.2; EVIDENCE: results are re-derived from journal, snapshot and checklist',
  remedy: 'Run the check again: it collects anew and stores what it saw.',
  falseAlarms: 'Skipped checks and checks that do not apply claim nothing and need none.',
  needs: ['auditResults'],
  evaluate({ facts, environment }) {
    const results = facts.auditResults.results.filter(
      (result) => result.environment === environment.name && (result.status === 'pass' || result.status === 'fail'),
    );
    if (results.length === 0) return skipped('nothing has been checked yet: run sections 1 to 6 first');
    const findings = results
      .filter((result) => !result.evidence)
      .map((result) => ({
        object: objectRef('check', null, result.check),
        message: `the ${result.status} of ${result.check} has no evidence that holds: result or snapshot is missing, or its digest does not match`,
        detail: `checkpoint ${result.checkpoint}, environment ${result.environment}`,
        fix: { command: `supaready check ${result.check}` },
      }));
    return evaluated(results.length, 'result', findings);
  },
});

export const checkpoint: Checkpoint<Check> = {
  id: '7.2',
  title: 'The evidence is complete',
  intent: 'What is handed over must stand alone: each verdict with the facts it was drawn from, unchanged since.',
  source: 'CATALOGUE 7.2; EVIDENCE',
  checks: [evidenceComplete],
  attestations: [
    {
      id: 'evidence-kept',
      question: 'Where will the bundle be kept, for how long, and who may read it?',
      kind: 'text',
      required: true,
      evidence: 'none',
    },
  ],
};
