import { defineCheck, evaluated } from '../../../core/check.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnRef, keyOf, userTablesByKey } from '../../lib/tables.ts';

/** reg* types other than regclass, regrole and regtype: pg_upgrade refuses them. */
const REFUSED = new Set([
  'regcollation',
  'regconfig',
  'regdictionary',
  'regnamespace',
  'regoper',
  'regoperator',
  'regproc',
  'regprocedure',
]);

export const unsupportedRegTypes = defineCheck({
  id: 'unsupported-reg-types',
  rev: 1,
  title: 'No column has a type that pg_upgrade refuses',
  why: 'These columns hold object numbers that change with an upgrade, so PostgreSQL refuses to upgrade the project.',
  severity: 'medium',
  aliases: ['unsupported_reg_types'],
  source: 'Supabase lint 0018 unsupported_reg_types; PostgreSQL docs, pg_upgrade',
  remedy: 'Store the name as text.',
  falseAlarms: 'regclass, regrole and regtype are supported by pg_upgrade.',
  item: 'b',
  matrix: 'Schema',
  needs: ['relations', 'columns'],
  evaluate({ facts }) {
    const tables = userTablesByKey(facts.relations);
    const columns = facts.columns.filter((column) => tables.has(keyOf(column.schema, column.relation)));
    const findings = columns
      .filter((column) => REFUSED.has(column.type.replace('[]', '')))
      .map((column) => {
        const table = qualified(column.schema, column.relation);
        const name = quoteIdent(column.name);
        const type = column.type.endsWith('[]') ? 'text[]' : 'text';
        const object = columnRef(column.schema, column.relation, column.name);
        return {
          object,
          message: `${table}.${name} is ${column.type}: the project cannot be upgraded to a new major version`,
          detail: `Its type is ${column.type}.`,
          fix: { sql: `alter table ${table} alter column ${name} type ${type} using ${name}::${type}` },
        };
      });
    return evaluated(columns.length, 'column', findings);
  },
});
