import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { userForeignKeys } from '../../lib/foreign-keys.ts';
import { groupBy, keyOf, singular, tableRef, userTables, words } from '../../lib/tables.ts';
import { pathsToUsers } from '../../lib/user-class.ts';

const LOOKUP_NOUNS = new Set([
  'plan',
  'role',
  'permission',
  'category',
  'status',
  'type',
  'kind',
  'currency',
  'country',
  'language',
  'locale',
  'region',
  'tier',
  'level',
  'unit',
  'timezone',
  'feature',
  'flag',
  'tax',
  'zone',
]);

export const lookupEmpty = defineCheck({
  id: 'lookup-empty',
  rev: 1,
  title: 'Lookup tables that others require hold rows',
  why: 'A table that must reference an empty one cannot take a single row: the first use of the feature fails.',
  severity: 'medium',
  source: 'CATALOGUE 3.1 lookup-empty',
  remedy: 'Put the lookup rows into a migration or the production seed.',
  falseAlarms:
    'Only lookup tables (plans, roles, categories, currencies …, or keyed by a code) count; tables whose rows belong to users are rightly empty before launch.',
  matrix: 'Seed',
  needs: ['relations', 'columns', 'constraints', 'rowCounts'],
  evaluate({ facts }) {
    const notNull = new Map(
      facts.columns.map((column) => [`${keyOf(column.schema, column.relation)}\u0000${column.name}`, column]),
    );
    const primary = new Map(
      facts.constraints.filter(({ type }) => type === 'p').map((key) => [keyOf(key.schema, key.table), key.columns]),
    );
    const ofUsers = pathsToUsers(facts.constraints);
    const requiring = groupBy(
      userForeignKeys(facts.constraints).filter((key) =>
        key.columns.every((column) => notNull.get(`${keyOf(key.schema, key.table)}\u0000${column}`)?.notNull),
      ),
      ({ references }) => keyOf(references.schema, references.table),
    );
    const counts = new Map(facts.rowCounts.map((row) => [keyOf(row.schema, row.table), row]));
    const lookups = userTables(facts.relations).filter((table) => {
      const key = keyOf(table.schema, table.name);
      if (!requiring.has(key) || ofUsers.has(key)) return false;
      const own = primary.get(key) ?? [];
      const type = own.length === 1 ? notNull.get(`${key}\u0000${own[0]}`)?.type : undefined;
      const coded = type !== undefined && /^(text|character|smallint)/.test(type);
      return coded || LOOKUP_NOUNS.has(singular(words(table.name).at(-1) ?? ''));
    });
    const uncounted = lookups.find((table) => counts.get(keyOf(table.schema, table.name))?.error);
    const findings = lookups.flatMap((table): FindingDraft[] => {
      const row = counts.get(keyOf(table.schema, table.name));
      if (!row || row.error !== null || row.count > 0) return [];
      const users = requiring.get(keyOf(table.schema, table.name)) ?? [];
      const first = users[0];
      return [
        {
          object: tableRef(table),
          message: `${qualified(table.schema, table.name)} is empty, but every row of ${first ? qualified(first.schema, first.table) : 'another table'} must reference it: nothing can be inserted there`,
          detail: `${users.map((key) => `${key.table} (${key.columns.join(', ')})`).join(', ')} reference it NOT NULL.`,
          fix: { command: 'Insert the lookup rows in a migration or the production seed.' },
        },
      ];
    });
    if (findings.length === 0 && uncounted)
      return skipped(`${qualified(uncounted.schema, uncounted.name)} could not be counted`);
    return evaluated(lookups.length, 'required lookup table', findings);
  },
});
