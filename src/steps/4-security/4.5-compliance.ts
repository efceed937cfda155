import type { Check, Checkpoint } from '../../core/check.ts';
import { auditTrail } from './4.5-compliance/audit-trail.ts';
import { complianceFiles } from './4.5-compliance/compliance-files.ts';
import { erasureDrill } from './4.5-compliance/erasure-drill.ts';
import { logPii } from './4.5-compliance/log-pii.ts';
import { residency } from './4.5-compliance/residency.ts';
import { retentionJob } from './4.5-compliance/retention-job.ts';

export const checkpoint: Checkpoint<Check> = {
  id: '4.5',
  title: 'Personal data is kept lawfully, traceably and no longer than needed',
  intent:
    'Real users’ data brings duties from the first row on: a legal basis, an end date, a trace of changes, and an answer when somebody asks for their data.',
  source: 'CATALOGUE 4.5; Supabase, Shared responsibility model; GDPR',
  checks: [auditTrail, retentionJob, erasureDrill, complianceFiles, logPii, residency],
  attestations: [
    {
      id: 'processing-agreement',
      question: 'On which date was the data processing agreement (DPA, or BAA for health data) with Supabase signed?',
      hint: 'Attach it or link to where it is filed.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      validForDays: 365,
    },
    {
      id: 'lawful-basis',
      question: 'What is the lawful basis and the retention period of each table with personal data?',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['columns'],
    },
    {
      id: 'data-subject-requests',
      question: 'Who answers requests for access and erasure, and within how many days?',
      kind: 'text',
      required: true,
      evidence: 'none',
    },
  ],
};
