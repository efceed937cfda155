import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { columnRef } from '../../lib/tables.ts';
import { columnName, columnsLookedAt, foundColumns, outOf } from '../samples.ts';

const FIXTURES: Readonly<Record<string, string>> = {
  'lorem-ipsum': 'filler text (lorem ipsum)',
  'placeholder-name': 'names of nobody (John Doe, Test User)',
  'phone-fictional': 'telephone numbers kept for fiction (555-01xx)',
  'email-test': 'mail addresses of reserved or disposable domains (example.com)',
};

export const fixtureRows = defineCheck({
  id: 'fixture-rows',
  rev: 1,
  title: 'No made-up rows are left among the real ones',
  why: 'Customers see them, reports count them, and mail is sent to them.',
  severity: 'medium',
  source: 'CATALOGUE 3.2 fixture-rows; RFC 2606 (reserved domains); NANPA (555-0100 to 555-0199)',
  remedy: 'Look at the rows, then delete those that a developer made. Nothing is deleted by supaready.',
  falseAlarms:
    'Only production is judged, from at most 1,000 rows a table. What people type into forms (test@test.com) is left out below one value in a hundred.',
  matrix: 'Seed',
  needs: ['columnSamples'],
  parameters: { minShare: 0.01 },
  evaluate({ facts, parameters, environment }) {
    if (environment.kind !== 'production')
      return notApplicable(`made-up rows may be in a ${environment.kind} environment`);
    const findings = foundColumns(facts.columnSamples).flatMap((column): FindingDraft[] => {
      const object = columnRef(column.schema, column.table, column.column);
      return Object.entries(FIXTURES).flatMap(([detector, words]): FindingDraft[] => {
        const count = column.counts[detector] ?? 0;
        if (count === 0 || count < column.values * parameters.minShare) return [];
        return [
          {
            object,
            message: `${columnName(column)} holds ${words}: rows that a developer made are among the real ones`,
            detail: `${outOf(count, column)}.`,
            fix: { command: 'Look at these rows and delete those that no customer made.' },
            discriminator: detector,
          },
        ];
      });
    });
    return evaluated(columnsLookedAt(facts.columnSamples), 'column', findings);
  },
});
