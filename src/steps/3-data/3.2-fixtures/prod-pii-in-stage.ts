import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { columnRef } from '../../lib/tables.ts';

export const prodPiiInStage = defineCheck({
  id: 'prod-pii-in-stage',
  rev: 1,
  title: 'No customers of production are in this environment',
  why: 'A copy of production in staging has the customers’ data and none of production’s protection, and its mails reach real people.',
  severity: 'high',
  source: 'CATALOGUE 3.2 prod-pii-in-stage; GDPR Art. 5(1)(b), (c)',
  remedy: 'Replace the copy with seed data, or anonymise it on its way out of production.',
  falseAlarms:
    'Addresses are compared as keyed hashes whose key dies with the run; only counts are kept. Reserved test domains are left out, and so are shared addresses of one company domain: the team’s own accounts are in both.',
  matrix: 'Seed',
  needs: ['productionOverlap'],
  parameters: { maxPercent: 5, least: 5 },
  evaluate({ facts, parameters, environment }) {
    if (environment.kind === 'production') return notApplicable('this is production');
    const overlap = facts.productionOverlap;
    if (overlap === null)
      return skipped(
        'production was not audited in the same run; give both databases (environments.*.database in supaready.config.json) and leave --env out',
      );
    if (overlap.error !== null) return skipped(`production could not be compared with: ${overlap.error}`);
    const failed = overlap.columns.find(({ error }) => error !== null);
    const findings = overlap.columns.flatMap((column): FindingDraft[] => {
      const shared = column.shared - column.ofOneDomain;
      if (column.error !== null || shared < parameters.least) return [];
      const percent = (shared / column.addresses) * 100;
      if (percent <= parameters.maxPercent) return [];
      const name = `${qualified(column.schema, column.table)}.${quoteIdent(column.column)}`;
      return [
        {
          object: columnRef(column.schema, column.table, column.column),
          message: `${Math.round(percent)}% of the mail addresses in ${name} are of users in ${overlap.production}: customers’ data was copied here`,
          detail: `${shared.toLocaleString('en-US')} of ${counted(column.addresses, 'address')} compared with ${counted(overlap.addresses, 'address')} of ${overlap.production} by keyed hash${column.ofOneDomain > 0 ? `, ${column.ofOneDomain.toLocaleString('en-US')} of one company’s domain left out` : ''}.`,
          fix: {
            command: 'Reset this environment from migrations and seed, or anonymise the copy before it gets here.',
          },
        },
      ];
    });
    if (findings.length === 0 && failed)
      return skipped(`${qualified(failed.schema, failed.table)} could not be compared: ${failed.error}`);
    if (overlap.addresses === 0) return skipped(`${overlap.production} has no users to compare with yet`);
    return evaluated(overlap.columns.length, 'column of mail addresses', findings, 'columns of mail addresses');
  },
});
