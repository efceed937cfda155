import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import {
  columnsSetOnDelete,
  constraintRef,
  freeColumns,
  isInPrimaryKey,
  recreateForeignKey,
  requiredColumns,
  userForeignKeys,
} from '../../lib/foreign-keys.ts';
import { singular, words } from '../../lib/tables.ts';
import { isPartOf, isRecord } from '../records.ts';

export const cascadeOnRecords = defineCheck({
  id: 'cascade-on-records',
  rev: 1,
  title: 'Deleting something never deletes business records with it',
  why: 'Orders, payments, invoices and audit logs must outlive the user or product they speak of; a cascade removes them without a trace.',
  severity: 'high',
  source: 'CATALOGUE 2.2d cascade-on-records; PostgreSQL docs, “Foreign Keys”',
  remedy: 'SET NULL where the record must outlive what it references, RESTRICT where that must not be deleted at all.',
  falseAlarms:
    'Parts of a record go with it (order_items → orders); tables about records (payment_methods, order_statuses) are not records.',
  item: 'd',
  matrix: 'Schema',
  needs: ['constraints', 'columns'],
  evaluate({ facts }) {
    const keys = userForeignKeys(facts.constraints);
    const findings = keys.flatMap((key): FindingDraft[] => {
      const { references } = key;
      if (references.onDelete !== 'n' && references.onDelete !== 'c') return [];
      const table = qualified(key.schema, key.table);
      const target = qualified(references.schema, references.table);
      const required = requiredColumns(facts, key);
      const fixed = isInPrimaryKey(facts, key);
      const object = constraintRef(key);
      const free = freeColumns(facts, key);
      const emptied =
        references.onDelete === 'n' ? columnsSetOnDelete(key).filter((column) => required.includes(column)) : [];
      if (emptied.length > 0) {
        return [
          {
            object,
            severity: 'blocker',
            message: `deleting from ${target} always fails while ${table} has rows for it: the key sets ${emptied.map(quoteIdent).join(', ')} to NULL, which is NOT NULL`,
            detail: `ON DELETE SET NULL on (${key.columns.join(', ')}), of which ${emptied.join(', ')} may not be NULL.`,
            fix: fixed ? { sql: recreateForeignKey(key, 'r') } : { sql: free.replace(/;\n$/, '') },
            discriminator: 'set-null',
          },
        ];
      }
      const self = references.schema === key.schema && references.table === key.table;
      if (references.onDelete !== 'c' || !isRecord(key.table) || self || isPartOf(key.table, references.table))
        return [];
      const keep = fixed || isRecord(references.table);
      return [
        {
          object,
          message: `deleting a row of ${target} silently deletes its ${table}: ${noun(key.table)} that must be kept are gone`,
          detail: `ON DELETE CASCADE on (${key.columns.join(', ')}) → ${target}.`,
          fix: { sql: keep ? recreateForeignKey(key, 'r') : free + recreateForeignKey(key, 'n') },
          discriminator: 'cascade',
        },
      ];
    });
    return evaluated(keys.length, 'foreign key', findings);
  },
});

function noun(table: string): string {
  const parts = words(table).map(singular);
  if (parts.includes('audit')) return 'audit records';
  return parts.some((part) => ['invoice', 'payment', 'order', 'receipt', 'refund', 'payout', 'charge'].includes(part))
    ? 'business records'
    : 'book entries';
}
