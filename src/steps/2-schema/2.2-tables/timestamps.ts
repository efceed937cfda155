import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { policiesOf } from '../../lib/exposure.ts';
import {
  columnRef,
  columnsByTable,
  constraintsByTable,
  functionsByName,
  isHistory,
  keyOf,
  statsByTable,
  tableRef,
  triggersByTable,
  userTables,
} from '../../lib/tables.ts';
import { pathsToUsers } from '../../lib/user-class.ts';
import {
  isCodeTable,
  isCreatedAt,
  isInsertedAt,
  isJoinTable,
  isUpdatedAt,
  triggerShape,
  writesNew,
} from '../time-columns.ts';

export const timestamps = defineCheck({
  id: 'timestamps',
  rev: 1,
  title: 'Every row knows when it was made and changed',
  why: 'Without these two columns nobody can say after an incident which rows are affected, sync incrementally, or delete what is past its retention.',
  severity: 'medium',
  source: 'CATALOGUE 2.2e timestamps (static part)',
  remedy: 'Add created_at and updated_at as timestamptz NOT NULL DEFAULT now().',
  falseAlarms:
    'Pure join tables and small code tables (currencies) need neither; histories and events are never updated; synonyms such as inserted_at or occurred_at count; an updated_at that may be NULL until the first change needs no default; a BEFORE INSERT trigger that sets the column replaces the default; columns Prisma fills itself are low.',
  item: 'e',
  matrix: 'Schema',
  needs: ['relations', 'columns', 'constraints', 'policies', 'triggers', 'functions'],
  uses: ['tableStats', 'repoMigrations'],
  evaluate({ facts }) {
    const columns = columnsByTable(facts.columns);
    const constraints = constraintsByTable(facts.constraints);
    const triggers = triggersByTable(facts.triggers);
    const functions = functionsByName(facts.functions);
    const stats = facts.tableStats ? statsByTable(facts.tableStats) : null;
    const ofUsers = pathsToUsers(facts.constraints);
    const prisma = facts.repoMigrations?.tool === 'prisma';
    const tables = userTables(facts.relations);
    /** What shows that rows of the table are changed after they were made, in words; null when nothing does. */
    const changed = (table: Relation): string | null => {
      const count = stats?.get(keyOf(table.schema, table.name))?.updated ?? 0;
      if (count > 0) return `${count.toLocaleString('en-US')} updates are counted on it`;
      const policy = policiesOf(facts, table).find(
        ({ command, permissive, roles }) =>
          permissive && (command === 'update' || command === 'all') && roles.some((role) => role !== 'service_role'),
      );
      return policy ? `the policy “${policy.name}” lets rows be updated` : null;
    };
    const filledByTrigger = (table: Relation, column: string): boolean =>
      (triggers.get(keyOf(table.schema, table.name)) ?? []).some((trigger) => {
        const shape = triggerShape(trigger);
        if (trigger.internal || trigger.enabled === 'D' || !shape?.before || !shape.insert) return false;
        return writesNew(functions.get(keyOf(trigger.functionSchema, trigger.function))?.[0], column, shape) !== false;
      });
    const findings = tables.flatMap((table): FindingDraft[] => {
      const key = keyOf(table.schema, table.name);
      const own = columns.get(key) ?? [];
      const keys = constraints.get(key) ?? [];
      if (own.length === 0 || isJoinTable(own, keys) || isCodeTable(own, keys)) return [];
      const name = qualified(table.schema, table.name);
      const found: FindingDraft[] = [];
      const absent = (column: string, severity: 'medium' | 'low', message: string, detail: string) =>
        found.push({
          object: tableRef(table),
          severity,
          message,
          detail,
          fix: { sql: `alter table ${name} add column ${column} timestamptz not null default now()` },
          discriminator: column,
        });
      const created = own.filter(isCreatedAt);
      if (created.length === 0) {
        const users = ofUsers.has(key);
        absent(
          'created_at',
          users ? 'medium' : 'low',
          `rows of ${name} do not say when they were made${users ? ', though they belong to users: retention and incident questions cannot be answered' : ''}`,
          'No column is named created_at or the like.',
        );
      }
      const updated = own.filter(isUpdatedAt);
      const change = updated.length === 0 && !isHistory(table.name) ? changed(table) : null;
      if (change !== null) {
        absent(
          'updated_at',
          'medium',
          `rows of ${name} are changed but do not say when: clients cannot sync, and nobody sees what an incident touched`,
          `No column is named updated_at or the like, and ${change}.`,
        );
      }
      for (const column of [...created.filter(isInsertedAt), ...updated]) {
        const optional = isUpdatedAt(column) && !column.notNull;
        if (
          column.default !== null ||
          column.generated !== '' ||
          column.type === 'bigint' ||
          optional ||
          filledByTrigger(table, column.name)
        )
          continue;
        const object = columnRef(table.schema, table.name, column.name);
        found.push({
          object,
          severity: prisma && isUpdatedAt(column) ? 'low' : 'medium',
          message: `${name}.${quoteIdent(column.name)} has no default: ${column.notNull ? 'every writer must send a time, and may send any' : 'rows inserted without it never say when they were made'}`,
          detail: 'The column has no default, and no BEFORE INSERT trigger sets it.',
          fix: { sql: `alter table ${name} alter column ${quoteIdent(column.name)} set default now()` },
          discriminator: 'default',
          aspect: 'default',
        });
      }
      return found;
    });
    return evaluated(tables.length, 'table', findings);
  },
});
