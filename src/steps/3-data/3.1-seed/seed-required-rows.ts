import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, quoteIdent } from '../../../core/text.ts';
import { tableRef } from '../../lib/tables.ts';

export const seedRequiredRows = defineCheck({
  id: 'seed-required-rows',
  rev: 1,
  title: 'The rows the product needs on day one are there',
  why: 'Without its plans, roles or flags the first customer meets an empty page or a foreign key error.',
  severity: 'high',
  source: 'CATALOGUE 3.1 seed-required-rows',
  remedy: 'Run the production seed, and make it idempotent so that it can be run again.',
  falseAlarms:
    'Only what supaready.config.json declares (declared.seed) is asked for; an entry with a condition needs a row scan and is not judged here.',
  matrix: 'Seed',
  needs: ['declared', 'rowCounts'],
  evaluate({ facts }) {
    const { seed } = facts.declared;
    if (seed.length === 0) {
      return skipped(
        'no required rows are declared; list them in supaready.config.json: "declared": {"seed": [{"table": "public.plans", "min": 3}]}',
      );
    }
    const counts = new Map(facts.rowCounts.map((row) => [`${row.schema}.${row.table}`, row]));
    const unjudged: string[] = [];
    const findings = seed.flatMap((entry): FindingDraft[] => {
      const [schema = 'public', name = entry.table] = entry.table.includes('.')
        ? entry.table.split('.')
        : ['public', entry.table];
      const row = counts.get(`${schema}.${name}`);
      if (entry.where !== null && (row?.count ?? 0) >= entry.min) {
        unjudged.push(`${entry.table} where …`);
        return [];
      }
      if (row?.error) {
        unjudged.push(`${entry.table} (${row.error})`);
        return [];
      }
      const count = row?.count ?? 0;
      if (count >= entry.min) return [];
      return [
        {
          object: tableRef({ schema, name }),
          message: row
            ? `${quoteIdent(schema)}.${quoteIdent(name)} holds ${counted(count, 'row')} of the ${entry.min} the product needs`
            : `the table ${quoteIdent(schema)}.${quoteIdent(name)}, in which the product needs ${counted(entry.min, 'row')}, does not exist`,
          detail: `Declared in supaready.config.json: at least ${entry.min}${entry.where ? ` where ${entry.where}` : ''}.`,
          fix: { command: 'Run the production seed.' },
          discriminator: entry.where ?? '',
        },
      ];
    });
    if (findings.length === 0 && unjudged.length > 0) {
      return skipped(`not counted: ${unjudged.join(', ')}; rows with a condition have to be confirmed by a person`);
    }
    return evaluated(seed.length, 'declared seed table', findings);
  },
});
