import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { constraintRef, userForeignKeys } from '../../lib/foreign-keys.ts';
import { columnNamed } from '../../lib/tables.ts';

const INTEGER_WIDTH: Readonly<Record<string, number>> = { smallint: 2, integer: 4, bigint: 8 };

/** Types PostgreSQL compares with one operator and one index: length limits and kinds of string do not matter. */
function family(type: string): string {
  const bare = type.replace(/\(.*?\)/g, '');
  return ['text', 'character varying', 'character', 'citext'].includes(bare) ? 'text' : bare;
}

export const fkDefects = defineCheck({
  id: 'fk-defects',
  rev: 1,
  title: 'Every foreign key is validated and of the type it references',
  why: 'A key that was never validated may hide rows that point at nothing; one of another type overflows or cannot use the index.',
  severity: 'high',
  aliases: ['constraint-missing-not-valid'],
  source: 'CATALOGUE 2.2c fk-defects; PostgreSQL docs, ALTER TABLE … VALIDATE CONSTRAINT',
  remedy: 'Repair the rows and validate the constraint; change the column to the type of the key it references.',
  falseAlarms:
    'text, varchar and char are one family; a bigint that references an integer cannot overflow and is silent; columns of a domain are compared by nobody but PostgreSQL itself.',
  item: 'c',
  matrix: 'Schema',
  needs: ['constraints', 'columns', 'types'],
  evaluate({ facts }) {
    const keys = userForeignKeys(facts.constraints);
    const domains = new Set(
      facts.types.filter(({ kind }) => kind === 'domain').flatMap(({ schema, name }) => [name, `${schema}.${name}`]),
    );
    const findings = keys.flatMap((key): FindingDraft[] => {
      const found: FindingDraft[] = [];
      const table = qualified(key.schema, key.table);
      const target = qualified(key.references.schema, key.references.table);
      const object = constraintRef(key);
      if (!key.validated) {
        found.push({
          object,
          message: `the foreign key ${quoteIdent(key.name)} of ${table} was never validated: older rows may point at nothing in ${target}`,
          detail: 'pg_constraint.convalidated is false: it was added NOT VALID.',
          fix: { sql: `alter table ${table} validate constraint ${quoteIdent(key.name)}` },
          discriminator: 'not-valid',
        });
      }
      key.columns.forEach((column, at) => {
        const referenced = key.references.columns[at];
        const from = columnNamed(facts.columns, key.schema, key.table, column)?.type;
        const to = columnNamed(facts.columns, key.references.schema, key.references.table, referenced ?? '')?.type;
        if (!from || !to || domains.has(from) || domains.has(to) || family(from) === family(to)) return;
        const width = INTEGER_WIDTH[from];
        const needed = INTEGER_WIDTH[to];
        if (width && needed && width > needed) return;
        const narrower = width !== undefined && needed !== undefined;
        found.push({
          object,
          severity: narrower ? 'high' : 'medium',
          message: narrower
            ? `${table}.${quoteIdent(column)} is ${from} but references a ${to}: once ${target} grows past the ${from} range, inserts fail`
            : `${table}.${quoteIdent(column)} is ${from} but references a ${to}: comparisons convert every row and cannot use the index`,
          detail: `${from} against ${to} of ${target}.${quoteIdent(referenced ?? '')}.`,
          fix: {
            sql: `alter table ${table} alter column ${quoteIdent(column)} type ${to} using ${quoteIdent(column)}::${to}`,
          },
          discriminator: `type ${column}`,
        });
      });
      return found;
    });
    return evaluated(keys.length, 'foreign key', findings);
  },
});
