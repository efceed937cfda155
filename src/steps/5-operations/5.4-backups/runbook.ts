import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

/** What a restore runbook must answer, and the words by which it is recognised. */
const REQUIRED = ['RPO', 'RTO', 'owner', 'steps'] as const;

export const runbook = defineCheck({
  id: 'runbook',
  rev: 1,
  title: 'A restore runbook says how much may be lost, how long it takes, who does it and how',
  why: 'A restore happens at the worst moment, by whoever is there; what is not written down is guessed.',
  severity: 'high',
  source: 'CATALOGUE 5.4 runbook',
  remedy: 'Write docs/runbook.md with RPO, RTO, an owner, and the commands in order; and try it.',
  falseAlarms:
    'A runbook kept elsewhere cannot be seen: keep at least a page in the repository that links to it and names these four.',
  needs: ['repoProject'],
  evaluate({ facts }) {
    const documents = facts.repoProject.documents.filter(({ kind }) => kind === 'runbook' || kind === 'restore');
    const gaps = documents.map((document) => ({
      document,
      missing: REQUIRED.filter(
        (word) => !document.mentions.some((mention) => mention.toLowerCase() === word.toLowerCase()),
      ),
    }));
    const best = gaps.sort((left, right) => left.missing.length - right.missing.length)[0];
    const findings: FindingDraft[] = [];
    if (!best) {
      findings.push({
        object: objectRef('file', null, 'docs/runbook.md'),
        message: 'no runbook says how to restore the database: at the worst moment, somebody will guess',
        detail: 'No document named runbook, restore or disaster recovery was found in the repository.',
        fix: { command: 'Write docs/runbook.md: RPO, RTO, owner, steps.' },
      });
    } else if (best.missing.length > 0) {
      const { path } = best.document;
      findings.push({
        object: objectRef('file', null, path),
        message: `the runbook ${path} says nothing of ${best.missing.join(', ')}: whoever restores must guess`,
        detail: `It mentions ${best.document.mentions.join(', ') || 'none of RPO, RTO, owner, steps'}.`,
        fix: { command: `Add: ${best.missing.join(', ')}.` },
        location: { file: path, line: 1, column: 1 },
      });
    }
    return documents.length > 0
      ? evaluated(documents.length, 'runbook', findings)
      : evaluated(1, 'repository', findings, 'repositories');
  },
});
