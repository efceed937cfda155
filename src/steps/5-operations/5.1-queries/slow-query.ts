import { sha256 } from '../../../core/canonical.ts';
import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

/** Roles of the platform’s own services and tools: their queries are not the project’s to tune. */
function isService(role: string | null): boolean {
  return role !== null && (role.startsWith('supabase_') || ['pgbouncer', 'dashboard_user'].includes(role));
}

export const slowQuery = defineCheck({
  id: 'slow-query',
  rev: 1,
  title: 'No frequent query is slow',
  why: 'A query that is slow with few users holds a connection for long; with many, the pool runs dry and the whole product stands still.',
  severity: 'medium',
  source: 'CATALOGUE 5.1 slow-query; pg_stat_statements over all roles',
  remedy: 'Look at its plan (EXPLAIN), let index_advisor propose an index, or return less.',
  falseAlarms:
    'At least 100 calls, so that migrations, dumps and one-off scripts do not count; queries of Supabase’s own services are left out.',
  matrix: 'Monitoring',
  needs: ['statements'],
  parameters: { minCalls: 100, mediumMs: 100, highMs: 1000, sharePercent: 20, minShareSeconds: 60 },
  evaluate({ facts, parameters }) {
    const { statements } = facts;
    if (statements === null)
      return skipped('pg_stat_statements is not installed: create extension pg_stat_statements with schema extensions');
    const judged = statements.top.filter((row) => !isService(row.role) && row.calls >= parameters.minCalls);
    const findings = judged.flatMap((row): FindingDraft[] => {
      const share = statements.totalMs === 0 ? 0 : (row.totalMs / statements.totalMs) * 100;
      const heavy = share > parameters.sharePercent && row.totalMs >= parameters.minShareSeconds * 1000;
      if (row.meanMs <= parameters.mediumMs && !heavy) return [];
      const first = row.query.trim().replace(/\s+/g, ' ').slice(0, 160);
      const mean = row.meanMs >= 10 ? Math.round(row.meanMs) : row.meanMs.toFixed(1);
      return [
        {
          object: objectRef('query', null, sha256(row.query).slice(0, 12)),
          severity: row.meanMs > parameters.highMs ? 'high' : 'medium',
          message:
            row.meanMs > parameters.mediumMs
              ? `a query of ${row.role ?? 'a dropped role'} takes ${mean} ms on average over ${row.calls.toLocaleString('en-US')} calls: under load it holds the pool’s connections`
              : `one query of ${row.role ?? 'a dropped role'} makes up ${Math.round(share)}% of the database’s work (${row.calls.toLocaleString('en-US')} calls of ${mean} ms)`,
          detail: first,
          fix: { command: 'explain (analyze, buffers) it in staging; select * from index_advisor(…)' },
          discriminator: row.role ?? '',
        },
      ];
    });
    return evaluated(judged.length, 'frequent query', findings);
  },
});
