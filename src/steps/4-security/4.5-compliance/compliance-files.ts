import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

const KINDS = {
  privacy: { name: 'privacy notice', follows: 'users cannot be told what is kept about them' },
  retention: { name: 'retention schedule', follows: 'nobody can say when data must go' },
  incident: { name: 'incident response plan', follows: 'the 72 hours to report a breach start without a plan' },
} as const;

export const complianceFiles = defineCheck({
  id: 'compliance-files',
  rev: 1,
  title: 'Privacy notice, retention schedule and incident plan are written',
  why: 'With real users’ data the law asks for them from the first day, and an incident is the wrong moment to start writing.',
  severity: 'medium',
  source: 'GDPR Art. 13, 5(1)(e) and 33; Supabase, Shared responsibility model',
  remedy: 'Add the document to the repository (docs/…); if it lives elsewhere, waive the finding and say where.',
  needs: ['repoProject'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    for (const [kind, { name, follows }] of Object.entries(KINDS)) {
      if (facts.repoProject.documents.some((document) => document.kind === kind)) continue;
      findings.push({
        object: objectRef('document', null, kind),
        message: `the repository holds no ${name}: ${follows}`,
        detail: 'looked at file names and headings of all documents',
        fix: { command: `write docs/${kind}.md` },
      });
    }
    return evaluated(Object.keys(KINDS).length, 'kind of document', findings, 'kinds of document');
  },
});
