import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { nameParts, walk } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { apiPolicies } from '../../lib/api-policies.ts';
import { columnsOf } from '../../lib/exposure.ts';
import { callsIn, columnsIn, expressionTree } from '../../lib/sql-tree.ts';
import { indexesByTable, keyOf, statsByTable } from '../../lib/tables.ts';

/** Columns of the table that the expression compares with something that is the same for the whole query, such as auth.uid(). */
function comparedColumns(expression: string, relation: Relation, columns: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const take = (column: unknown, other: unknown) => {
    const ref = (column as { ColumnRef?: { fields?: unknown } } | undefined)?.ColumnRef;
    if (!ref) return;
    const parts = nameParts(ref.fields);
    const name = parts.at(-1) ?? '';
    const ofTable = parts.length === 1 || parts.at(-2) === relation.name;
    if (ofTable && columns.has(name) && (callsIn(other).length > 0 || columnsIn(other).length === 0)) found.add(name);
  };
  walk(expressionTree(expression), (type, node) => {
    // Inside a sub-select bare names belong to other tables.
    if (type === 'SubLink') {
      take(node.testexpr, node.subselect);
      return false;
    }
    if (type === 'A_Expr' && nameParts(node.name).at(-1) === '=' && node.kind !== 'AEXPR_IN') {
      const asksCaller = (side: unknown) => callsIn(side).length > 0;
      if (asksCaller(node.rexpr)) take(node.lexpr, node.rexpr);
      if (asksCaller(node.lexpr)) take(node.rexpr, node.lexpr);
    }
    return undefined;
  });
  return [...found];
}

export const policyUnindexedColumn = defineCheck({
  id: 'policy-unindexed-column',
  rev: 1,
  title: 'Columns that policies compare with the caller are indexed',
  why: 'A policy is a condition on every query: without an index each request reads the whole table to find the caller’s rows.',
  severity: 'medium',
  source: 'Supabase, Row Level Security performance: add indexes',
  remedy: 'Create an index that begins with the column.',
  falseAlarms:
    'Only tables beyond `rows` rows by the planner’s estimate or the activity counters; an invalid or partial index does not count as cover.',
  matrix: 'Indexes',
  needs: ['policies', 'relations', 'roles', 'columns', 'indexes', 'tableStats'],
  parameters: { rows: 1000 },
  evaluate({ facts, parameters }) {
    const entries = apiPolicies(facts);
    const findings = new Map<string, FindingDraft>();
    for (const { policy, relation } of entries) {
      const stats = statsByTable(facts.tableStats).get(keyOf(relation.schema, relation.name));
      const rows = Math.max(stats?.rowEstimate ?? 0, stats?.liveRows ?? 0);
      if (rows <= parameters.rows || policy.using === null) continue;
      const columns = new Set(columnsOf(facts, relation).map((column) => column.name));
      for (const column of comparedColumns(policy.using, relation, columns)) {
        const covered = (indexesByTable(facts.indexes).get(keyOf(relation.schema, relation.name)) ?? []).some(
          (index) => index.columns[0] === column && index.valid && index.predicate === null,
        );
        if (covered) continue;
        const table = qualified(relation.schema, relation.name);
        const object = objectRef('column', relation.schema, relation.name, { column });
        findings.set(`${table}.${column}`, {
          object,
          message: `policy “${policy.name}” compares ${table}.${quoteIdent(column)}, which has no index: every request of a user reads all ${Math.round(rows).toLocaleString('en-US')} rows`,
          detail: `USING (${policy.using}); no valid full index begins with the column`,
          fix: {
            sql: `create index concurrently on ${table} (${quoteIdent(column)});`,
            url: 'https://supabase.com/docs/guides/database/postgres/row-level-security#rls-performance-recommendations',
          },
        });
      }
    }
    return evaluated(entries.length, 'policy', [...findings.values()]);
  },
});
