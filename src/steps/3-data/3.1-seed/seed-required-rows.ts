import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, quoteIdent } from '../../../core/text.ts';
import { tableRef } from '../../lib/tables.ts';

/** `[db.seed].sql_paths` of config.toml that match no file: what should fill a new database does nothing. */
function missingSeedFiles(facts: Partial<Pick<Facts, 'repoConfig' | 'repoMigrations'>>): FindingDraft[] {
  const config = facts.repoConfig;
  const seed = (config?.values.db as { seed?: { enabled?: unknown; sql_paths?: unknown } } | undefined)?.seed;
  if (!config || !facts.repoMigrations || !Array.isArray(seed?.sql_paths) || seed.enabled === false) return [];
  if (seed.sql_paths.length === 0 || facts.repoMigrations.seeds.length > 0) return [];
  return [
    {
      object: objectRef('file', null, config.path),
      severity: 'low',
      message: `${config.path} names seed files (db.seed.sql_paths) that do not exist: a new database stays empty`,
      detail: `${counted(seed.sql_paths.length, 'path')}, no file.`,
      fix: { command: 'Write the seed, or take the setting out.' },
      discriminator: 'sql_paths',
    },
  ];
}

export const seedRequiredRows = defineCheck({
  id: 'seed-required-rows',
  rev: 2,
  title: 'The rows the product needs on day one are there',
  why: 'Without its plans, roles or flags the first customer meets an empty page or a foreign key error.',
  severity: 'high',
  source: 'CATALOGUE 3.1 seed-required-rows',
  remedy: 'Run the production seed, and make it idempotent so that it can be run again.',
  falseAlarms:
    'Only what supaready.config.json declares (declared.seed) is asked for. A condition must be one SQL expression; it runs read-only, for five seconds at most.',
  matrix: 'Seed',
  needs: ['declared', 'seedCounts'],
  uses: ['repoConfig', 'repoMigrations'],
  evaluate({ facts }) {
    const { seed } = facts.declared;
    if (seed.length === 0) {
      return skipped(
        'no required rows are declared; list them in supaready.config.json: "declared": {"seed": [{"table": "public.plans", "min": 3}]}',
      );
    }
    const counts = new Map(facts.seedCounts.map((row) => [`${row.table}\0${row.where ?? ''}`, row]));
    const unjudged: string[] = [];
    const findings = seed.flatMap((entry): FindingDraft[] => {
      const row = counts.get(`${entry.table}\0${entry.where ?? ''}`);
      if (!row || row.error !== null) {
        unjudged.push(
          `${entry.table}${entry.where ? ` where ${entry.where}` : ''} (${row?.error ?? 'not counted yet'})`,
        );
        return [];
      }
      if (row.count !== null && row.count >= entry.min) return [];
      const { schema, name } = row.relation;
      const target = `${quoteIdent(schema)}.${quoteIdent(name)}`;
      return [
        {
          object: tableRef({ schema, name }),
          message:
            row.count !== null
              ? `${target} holds ${counted(row.count, 'row')} of the ${entry.min} the product needs${entry.where ? ` where ${entry.where}` : ''}`
              : `the table ${target}, in which the product needs ${counted(entry.min, 'row')}, does not exist`,
          detail: `Declared in supaready.config.json: at least ${entry.min}${entry.where ? ` where ${entry.where}` : ''}.`,
          fix: { command: 'Run the production seed.' },
          discriminator: entry.where ?? '',
        },
      ];
    });
    findings.push(...missingSeedFiles(facts));
    if (findings.length === 0 && unjudged.length > 0) {
      return skipped(`not counted: ${unjudged.join(', ')}`);
    }
    return evaluated(seed.length, 'declared seed table', findings);
  },
});
