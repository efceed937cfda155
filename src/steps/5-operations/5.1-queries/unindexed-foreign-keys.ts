import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnList, constraintRef, freeName, userForeignKeys } from '../../lib/foreign-keys.ts';
import { indexesByTable, indexNames, keyOf, relationsByKey, statsByTable } from '../../lib/tables.ts';
import { covers } from './index-cover.ts';

export const unindexedForeignKeys = defineCheck({
  id: 'unindexed-foreign-keys',
  rev: 1,
  title: 'Every foreign key can be looked up by an index',
  why: 'Each delete or key update in the parent reads the whole child table under a lock, and joins over the key do the same.',
  severity: 'low',
  aliases: ['unindexed_foreign_keys'],
  source: 'Supabase lint 0001 unindexed_foreign_keys; PostgreSQL docs, “Foreign Keys”',
  remedy: 'Create the index concurrently, so that writers are not held up.',
  falseAlarms:
    'The key’s columns may come in any order, as long as they are the first of the index; a partial index covers only when it leaves out nothing but NULLs; partitions are judged by their root. Above 10,000 rows it is medium, below low.',
  matrix: 'Indexes',
  needs: ['relations', 'constraints', 'indexes'],
  uses: ['tableStats'],
  parameters: { manyRows: 10_000 },
  evaluate({ facts, parameters }) {
    const keys = userForeignKeys(facts.constraints);
    const indexes = indexesByTable(facts.indexes);
    const relations = relationsByKey(facts.relations);
    const stats = facts.tableStats ? statsByTable(facts.tableStats) : null;
    const taken = indexNames(facts.indexes);
    const findings = keys.flatMap((key): FindingDraft[] => {
      const tableKey = keyOf(key.schema, key.table);
      const relation = relations.get(tableKey);
      if (!relation || relation.partitionOf !== null) return [];
      if ((indexes.get(tableKey) ?? []).some((index) => covers(index, key.columns))) return [];
      const table = qualified(key.schema, key.table);
      const measured = stats?.get(tableKey);
      const count = measured?.rowEstimate ?? measured?.liveRows ?? 0;
      const many = count > parameters.manyRows;
      const object = constraintRef(key);
      // Two keys over the same columns need one index.
      const name = freeName([key.table, ...key.columns], 'idx', taken);
      const concurrently = relation.kind === 'partitioned table' ? '' : 'concurrently ';
      const partial = (indexes.get(tableKey) ?? []).find(
        (index) => index.predicate !== null && covers({ ...index, predicate: null }, key.columns),
      );
      return [
        {
          object,
          severity: many ? 'medium' : 'low',
          message: `the foreign key ${quoteIdent(key.name)} has no index: every delete in ${qualified(key.references.schema, key.references.table)} reads all of ${table}${count > 0 ? ` (about ${Math.round(count).toLocaleString('en-US')} rows)` : ''}`,
          detail: partial
            ? `No index begins with (${key.columns.join(', ')}) for all rows; ${partial.name} covers only rows where ${partial.predicate}.`
            : `No valid index begins with (${key.columns.join(', ')}).`,
          fix: {
            sql: `create index ${concurrently}if not exists ${quoteIdent(name)} on ${table} (${columnList(key.columns)})`,
          },
        },
      ];
    });
    return evaluated(keys.length, 'foreign key', findings);
  },
});
