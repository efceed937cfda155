import { defineCheck, evaluated } from '../../../core/check.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { constraintRef, userForeignKeys } from '../../lib/foreign-keys.ts';
import { keyOf } from '../../lib/tables.ts';

export const fkeyToAuthUnique = defineCheck({
  id: 'fkey-to-auth-unique',
  rev: 1,
  title: 'Foreign keys to the schema auth point at primary keys',
  why: 'Unique columns of auth (phone, tokens) change or lose their constraint with a platform upgrade, which your foreign key then blocks.',
  severity: 'high',
  aliases: ['fkey_to_auth_unique'],
  source:
    'Supabase lint 0021 fkey_to_auth_unique; Supabase docs, “Managing user data”: only primary keys are guaranteed',
  remedy: 'Reference auth.users(id) and keep a copy of the other value if you need it.',
  item: 'c',
  matrix: 'Schema',
  needs: ['constraints', 'columns'],
  evaluate({ facts }) {
    const keys = userForeignKeys(facts.constraints).filter((key) => key.references.schema === 'auth');
    const primary = new Map(
      facts.constraints
        .filter((constraint) => constraint.schema === 'auth' && constraint.type === 'p')
        .map((constraint) => [constraint.table, constraint.columns.join()]),
    );
    const present = new Set(
      facts.columns.map((column) => `${keyOf(column.schema, column.relation)}\u0000${column.name}`),
    );
    const findings = keys
      .filter((key) => primary.get(key.references.table) !== key.references.columns.join())
      .map((key) => {
        const table = qualified(key.schema, key.table);
        const column = quoteIdent(key.columns[0] ?? '');
        const referenced = quoteIdent(key.references.columns[0] ?? '');
        const drop = `alter table ${table} drop constraint ${quoteIdent(key.name)}`;
        const simple =
          key.references.table === 'users' &&
          key.columns.length === 1 &&
          !present.has(`${keyOf(key.schema, key.table)}\u0000user_id`);
        const object = constraintRef(key);
        return {
          object,
          message: `${table}.${column} references auth.${key.references.table}(${referenced}), which is no primary key: a platform upgrade that changes it fails or breaks your table`,
          detail: `The constraint ${key.name} references (${key.references.columns.join(', ')}).`,
          fix: {
            sql: simple
              ? [
                  `alter table ${table} add column user_id uuid references auth.users (id) on delete cascade`,
                  `update ${table} as t set user_id = u.id from auth.users as u where u.${referenced} = t.${column}`,
                  drop,
                ].join(';\n')
              : drop,
          },
        };
      });
    return evaluated(keys.length, 'foreign key to auth', findings, 'foreign keys to auth');
  },
});
