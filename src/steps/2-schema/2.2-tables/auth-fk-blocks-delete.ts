import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import {
  constraintRef,
  deletedWith,
  type ForeignKey,
  freeColumns,
  isInPrimaryKey,
  recreateForeignKey,
  requiredColumns,
  userForeignKeys,
} from '../../lib/foreign-keys.ts';
import { keyOf } from '../../lib/tables.ts';
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
  evaluate({ facts }) {
    const keys = userForeignKeys(facts.constraints);
    const deleted = deletedWith(facts.constraints, AUTH_USERS);
    const mend = (key: ForeignKey): string => {
      const required = requiredColumns(facts, key).length > 0;
      if (isInPrimaryKey(facts, key) || (required && !isRecord(key.table))) return recreateForeignKey(key, 'c');
      return freeColumns(facts, key) + recreateForeignKey(key, 'n');
    };
    const reachable = keys.filter(({ references }) => deleted.has(keyOf(references.schema, references.table)));
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
