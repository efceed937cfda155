import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { constraintRef, type ForeignKey, recreateForeignKey, userForeignKeys } from '../../lib/foreign-keys.ts';
import { located } from '../../lib/origins.ts';
import { columnNamed, groupBy, keyOf, primaryKeyOf } from '../../lib/tables.ts';
import { isRecord } from '../records.ts';

const AUTH_USERS = keyOf('auth', 'users');

export const authFkBlocksDelete = defineCheck({
  id: 'auth-fk-blocks-delete',
  rev: 1,
  title: 'A user can be deleted',
  why: 'A foreign key without ON DELETE makes deleting a user fail in the dashboard and the admin API, and with it every erasure request.',
  severity: 'high',
  source: 'CATALOGUE 2.2d auth-fk-blocks-delete; Supabase docs, “Managing user data”',
  remedy: 'Use ON DELETE CASCADE for what belongs to the user, ON DELETE SET NULL for what must outlive the account.',
  falseAlarms:
    'A key that restricts further down (orders → profiles, where profiles go with the user) is medium: some teams delete in their own order on purpose.',
  item: 'd',
  matrix: 'Schema',
  needs: ['constraints', 'columns'],
  uses: ['repoMigrations'],
  evaluate({ facts }) {
    const keys = userForeignKeys(facts.constraints);
    const byTarget = groupBy(keys, ({ references }) => keyOf(references.schema, references.table));
    /** Tables whose rows are deleted with their user, and the table through which that happens. */
    const deletedThrough = new Map<string, string>([[AUTH_USERS, '']]);
    const open = [AUTH_USERS];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const key of byTarget.get(next) ?? []) {
        const child = keyOf(key.schema, key.table);
        if (key.references.onDelete !== 'c' || deletedThrough.has(child)) continue;
        deletedThrough.set(child, next);
        open.push(child);
      }
    }
    const mend = (key: ForeignKey): string => {
      const primary = primaryKeyOf(facts.constraints, key.schema, key.table);
      const required = key.columns.filter(
        (column) => columnNamed(facts.columns, key.schema, key.table, column)?.notNull,
      );
      const fixed = key.columns.some((column) => primary.includes(column));
      if (fixed || (required.length > 0 && !isRecord(key.table))) return recreateForeignKey(key, 'c');
      const free = required.map(
        (column) =>
          `alter table ${qualified(key.schema, key.table)} alter column ${quoteIdent(column)} drop not null;\n`,
      );
      return free.join('') + recreateForeignKey(key, 'n');
    };
    const reachable = keys.filter(({ references }) => deletedThrough.has(keyOf(references.schema, references.table)));
    const findings = reachable.flatMap((key): FindingDraft[] => {
      const { references } = key;
      const direct = references.schema === 'auth' && references.table === 'users';
      if (references.onDelete !== 'a' && references.onDelete !== 'r') return [];
      if (references.schema === key.schema && references.table === key.table) return [];
      const table = qualified(key.schema, key.table);
      const object = constraintRef(key);
      return [
        {
          object,
          severity: direct ? 'high' : 'medium',
          message: direct
            ? `a user with a row in ${table} cannot be deleted: the foreign key ${quoteIdent(key.name)} refuses it`
            : `a user cannot be deleted once their ${qualified(references.schema, references.table)} has a row in ${table}: the foreign key ${quoteIdent(key.name)} stops the cascade`,
          detail: `ON DELETE ${references.onDelete === 'a' ? 'NO ACTION' : 'RESTRICT'} on (${key.columns.join(', ')}) → ${qualified(references.schema, references.table)}.`,
          fix: { sql: mend(key) },
          ...located(facts, object),
        },
      ];
    });
    return evaluated(
      reachable.length,
      'foreign key on the way of a user’s deletion',
      findings,
      'foreign keys on the way of a user’s deletion',
    );
  },
});
