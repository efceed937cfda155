import { type Check, type Checkpoint, defineCheck, evaluated, skipped } from '../../core/check.ts';
import type { FindingDraft } from '../../core/finding.ts';
import { objectRef } from '../../core/object.ts';
import { compareSeverity } from '../../core/severity.ts';
import { counted } from '../../core/text.ts';

const launchGate = defineCheck({
  id: 'launch-gate',
  rev: 1,
  title: 'No blocker or high finding is open, and sections 1 to 6 are satisfied',
  why: 'Launching over an open blocker means that users find it first.',
  severity: 'blocker',
  source: 'CATALOGUE 7.3; DESIGN: the gate',
  remedy:
    'Mend each finding, or have somebody accept it in a waiver with an end date; then satisfy the checkpoints that remain.',
  falseAlarms: 'Waived findings do not count.',
  needs: ['auditResults'],
  evaluate({ facts, environment }) {
    const results = facts.auditResults.results.filter((result) => result.environment === environment.name);
    if (results.length === 0) return skipped('nothing has been checked yet: run sections 1 to 6 first');
    const findings: FindingDraft[] = [];
    for (const result of results) {
      const open = result.findings.filter(
        (finding) => finding.state === 'open' && (finding.severity === 'blocker' || finding.severity === 'high'),
      );
      const worst = open.map((finding) => finding.severity).sort(compareSeverity)[0];
      if (worst === undefined) continue;
      findings.push({
        object: objectRef('check', null, result.check),
        severity: worst,
        message: `${counted(open.length, 'finding')} of ${result.check} ${open.length === 1 ? 'is' : 'are'} open at ${worst}: the launch waits for ${open.length === 1 ? 'it' : 'them'}`,
        detail: `checkpoint ${result.checkpoint}`,
        fix: { command: `supaready check ${result.check}` },
      });
    }
    for (const id of facts.auditResults.unsatisfied) {
      findings.push({
        object: objectRef('checkpoint', null, id),
        message: `checkpoint ${id} is not satisfied: what it asks is not known to hold`,
        detail: 'its findings, skipped checks or unanswered questions are listed there',
        fix: { command: `supaready status` },
      });
    }
    return evaluated(results.length, 'result', findings);
  },
});

export const checkpoint: Checkpoint<Check> = {
  id: '7.3',
  title: 'Nothing that blocks the launch is open',
  intent: 'The last look before the decision: whatever is still open is named, owned and dated, or there is no launch.',
  source: 'CATALOGUE 7.3',
  checks: [launchGate],
  attestations: [
    {
      id: 'risks-accepted',
      question: 'Which risks are accepted with this launch, by whom, until when?',
      hint: 'Every waiver in force, and what the audit could not look at. “None” is an answer.',
      kind: 'text',
      required: true,
      evidence: 'none',
      fourEyes: true,
    },
  ],
};
